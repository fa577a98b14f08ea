import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { RequestInput, RequestProgress } from '#workflows/messages/request.ts';
import { firstOutcome, requestProgress, resolveOutcome } from '#workflows/messages/request.ts';
import { showState } from '#workflows/visibility.ts';

export { approval } from '#workflows/approval.ts';
export { request } from '#workflows/request.ts';

const { bareStep } = proxyActivities<{ bareStep(input: unknown): Promise<{ kind: 'done' }> }>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** The baseline: the same handlers, attributes and three activities, without governance. */
export async function bare({ requestId, actions = [], actor }: RequestInput): Promise<RequestProgress> {
  let progress: RequestProgress = { state: 'running' };
  setHandler(requestProgress, () => progress);
  setHandler(firstOutcome, async () => {
    await condition(() => progress.state !== 'running');
    return progress;
  });
  setHandler(resolveOutcome, async (_word) => progress, { validator: (_word) => {} });
  for (const action of actions) await bareStep({ actor, requestId, ...action });
  progress = { state: 'answered' };
  showState('answered');
  setCurrentDetails('**answered**');
  await condition(allHandlersFinished);
  return progress;
}
