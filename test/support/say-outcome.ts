import { requestWorkflowId } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Resolution } from '#domain/request/request.ts';
import { newId } from '#platform/new-id.ts';
import { type RequestProgress, resolveOutcome, type SignedResolution } from '#workflows/messages/request.ts';
import { type Asked, ask, callerOf, comment, decide } from './ask.ts';
import { lead } from './cast.ts';
import { eventually } from './eventually.ts';
import type { TestWorker } from './test-worker.ts';

/** Sent, its answer lost, and the provider never lets us look: nobody will know. Waits for nothing. */
export async function loseOutcome(
  worker: TestWorker,
  waits: { resolutionExpiresMs?: number } = {},
): Promise<Asked> {
  const asked = await ask(worker, [comment()], waits);
  worker.provider.nextSends = ['lost'];
  worker.provider.nextLooks = ['shut'];
  await decide(worker, asked.requestId, lead, 'approve');
  return asked;
}

/** The same, and now a person is asked, who has a day. */
export async function outcomeUnknown(worker: TestWorker): Promise<Asked> {
  const asked = await loseOutcome(worker);
  const caller = callerOf(asked.requestId);
  await eventually(
    () => worker.temporal.as(caller, () => asked.handle.query<RequestProgress>('progress')),
    ({ state }) => state === 'outcome_unknown',
  );
  return asked;
}

/** What a person says became of it, still unsigned. */
export function wordOf(
  { requestId }: Asked,
  { tenantId, userId, role, orgUnit }: Actor,
  resolution: Resolution,
): SignedResolution['claims'] {
  return {
    resolutionId: newId('vote'),
    tenantId,
    requestId,
    n: 1,
    runId: `${requestId}/1`,
    resolution,
    userId,
    role,
    orgUnit,
    reasonRef: newId('content'),
    at: new Date().toISOString(),
  };
}

/** Puts it to the request's workflow as the gateway does. */
export function say(
  worker: TestWorker,
  { requestId }: Asked,
  claims: SignedResolution['claims'],
  signature = worker.signer.sign(claims),
) {
  return worker.temporal.as(callerOf(requestId), (client) =>
    client.workflow
      .getHandle(requestWorkflowId('acme', requestId))
      .executeUpdate(resolveOutcome, { args: [{ claims, keyId: worker.signer.keyId, signature }] }),
  );
}
