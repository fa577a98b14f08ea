import { mayResolve } from '#domain/approval/approval.ts';
import type { ErrorCode } from '#domain/error.ts';
import { sendingOfActionRun } from '#domain/ids.ts';
import type { Actor } from '#domain/person/actor.ts';
import { nobody } from '#domain/person/nobody.ts';
import type { RightsNow } from '#governance/person/rights-now.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { RequestStore } from '#stores/request/requests.ts';
import type { SignedResolution } from '#workflows/messages/request.ts';
import { notSo } from '../not-so.ts';

interface ResolutionOptions {
  rightsNow: RightsNow;
  requests: RequestStore;
  verify: Verifier;
  recordEvent: RecordEvent;
}

/** Records what a person says of an unknown outcome; returns why it doesn't count, or `null`. */
export function createRecordResolution(
  options: ResolutionOptions,
): (requester: Actor, resolution: SignedResolution) => Promise<ErrorCode | null> {
  return async (requester, resolution) => {
    const { claims } = resolution;
    const { requestId, n, runId, userId, role, orgUnit } = claims;
    const problem = await problemWith(options, requester, resolution);
    const { tenantId } = requester;
    await options.recordEvent(
      problem === 'VOTE_SIGNATURE_INVALID' ? nobody(tenantId) : { tenantId, userId, role, orgUnit },
      {
        event: 'request.outcome_resolved',
        detail: `${claims.resolution} for ${runId}`,
        outcome: problem === null ? 'success' : 'denied',
        requestId,
        metadata: { run_id: runId, resolution: claims.resolution, error: problem },
        dedupeKey: `resolution:${claims.resolutionId}:${problem ?? 'counts'}`,
      },
    );
    if (problem === null)
      await options.requests.finishAction(requester.tenantId, { requestId, n, ...endOf(claims) });
    return problem;
  };
}

/** Nobody said in time what happened: the request ends with its outcome unknown. */
export function createExpireResolution({
  requests,
  ledger,
  recordEvent,
}: Pick<ResolutionOptions, 'requests' | 'recordEvent'> & { ledger: Pick<Ledger, 'claimOf'> }) {
  return async (
    requester: Actor,
    { requestId, n, runId }: { requestId: string; n: number; runId: string },
  ) => {
    const { tenantId } = requester;
    const request = await requests.get(tenantId, requestId);
    if (request?.userId !== requester.userId) throw notSo('somebody else asked');
    const action = (await requests.actionsOf(tenantId, requestId)).find((one) => one.n === n);
    const isAsked = action?.state === 'outcome_unknown' && action.sending === sendingOfActionRun(runId);
    const wasEnded = action?.state === 'failed' && action.errorCode === 'OUTCOME_UNKNOWN';
    if (!isAsked && !wasEnded) throw notSo('nobody is asked about that outcome');
    if ((await ledger.claimOf(tenantId, runId)) === null) throw notSo('nothing was sent under that run');
    await recordEvent(requester, {
      event: 'request.outcome_resolved',
      detail: `nobody said what became of ${runId}`,
      outcome: 'unknown',
      requestId,
      metadata: { run_id: runId },
      dedupeKey: `unresolved:${runId}`,
    });
    await requests.finishAction(tenantId, {
      requestId,
      n,
      sending: sendingOfActionRun(runId),
      state: 'failed',
      errorCode: 'OUTCOME_UNKNOWN',
    });
  };
}

/** Why what the person says doesn't count now, or `null`. */
async function problemWith(
  options: ResolutionOptions,
  requester: Actor,
  { claims, keyId, signature }: SignedResolution,
): Promise<ErrorCode | null> {
  if (!options.verify(claims, keyId, signature)) return 'VOTE_SIGNATURE_INVALID';
  if (claims.tenantId !== requester.tenantId) return 'TENANT_MISMATCH';
  const person = await options.rightsNow(claims.tenantId, claims.userId);
  if (person === undefined) return 'forbidden';
  return mayResolve(requester, person) ? null : 'forbidden';
}

function endOf({ resolution, runId }: SignedResolution['claims']) {
  const sending = sendingOfActionRun(runId);
  switch (resolution) {
    case 'happened':
      return { state: 'done', sending } as const;
    case 'send_again':
      return { state: 'planned', sending: sending + 1 } as const;
    case 'give_up':
      return { state: 'failed', sending, errorCode: 'OUTCOME_UNKNOWN' } as const;
  }
}
