import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  proxyActivities,
  setHandler,
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
}

const { echo, fail } = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: { maximumAttempts: 1 },
});

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
  return [await echo(text), failed, child, broken, told].join();
}

export async function oneChild(text: string): Promise<string> {
  return `child ${text}`;
}

export async function brokenChild(text: string): Promise<string> {
  throw ApplicationFailure.nonRetryable(`broken ${text}`);
}
