import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  startChild,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';

/** Workflows of the test beside this file: one payload on every path that there is. */
export const tell = defineSignal<[string]>('tell');
export const change = defineUpdate<string, [string]>('change');
export const refuse = defineUpdate<string, [string]>('refuse');
export const look = defineQuery<string, [string]>('look');

interface Activities {
  echo(text: string): Promise<string>;
  fail(text: string): Promise<string>;
  /** Beats with the text, fails once, and returns what it had beaten with. */
  beat(text: string): Promise<string>;
}

const { echo, fail } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { maximumAttempts: 1 },
});
const { beat } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 2, initialInterval: 1 },
});
const { echo: echoHere } = proxyLocalActivities<Activities>({ startToCloseTimeout: '20s' });

export async function everyPath(text: string): Promise<string> {
  const tenant = workflowInfo().workflowId.split(':')[1];
  let told = '';
  setHandler(tell, (words) => {
    told = words;
  });
  setHandler(change, async (words) => `changed ${words}`);
  setHandler(refuse, async () => 'never', {
    validator(words) {
      throw new Error(`refused ${words}`);
    },
  });
  setHandler(look, (words) => `seen ${words}`);
  await condition(() => told !== '');
  const failed = await fail(text).catch((error: unknown) => String(error));
  const child = await executeChild(oneChild, { workflowId: `child:${tenant}:of-${text}`, args: [text] });
  const broken = await executeChild(brokenChild, {
    workflowId: `child:${tenant}:broken-${text}`,
    args: [text],
  }).catch((error: unknown) => String(error));
  const listening = await startChild(listeningChild, { workflowId: `child:${tenant}:told-${text}` });
  await listening.signal(tell, `child told ${text}`);
  upsertMemo({ later: `noted ${text}` });
  const { memo } = workflowInfo();
  const noted = [memo?.['first'], memo?.['later']];
  const rest = [await beat(text), await echoHere(text), await listening.result(), noted];
  return [await echo(text), failed, child, broken, told, ...rest].join();
}

export async function listeningChild(): Promise<string> {
  let told = '';
  setHandler(tell, (words) => {
    told = words;
  });
  await condition(() => told !== '');
  return told;
}

/** Goes on as a new run once, with what it was told. */
export async function goesOn(text: string, isNew = false): Promise<string> {
  if (!isNew) return continueAsNew<typeof goesOn>(text, true);
  return `new ${await echo(text)}`;
}

export async function oneChild(text: string): Promise<string> {
  return `child ${text}`;
}

export async function brokenChild(text: string): Promise<string> {
  throw ApplicationFailure.nonRetryable(`broken ${text}`);
}
