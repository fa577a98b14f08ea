import { sql } from 'kysely';
import { CodedError } from '#domain/error.ts';
import { type ActionState, isFinal } from '#domain/request/request.ts';
import { closeApproval } from '../approval/close.ts';
import type { TenantDatabase, TenantTx } from '../database.ts';
import type { RowProofs, TenantProofs } from '../key/row-proofs.ts';
import { moveRequest } from './finish-action.ts';
import type { RequestStore, WaitingAction } from './requests.ts';
import { isFinalAction, lockRequest, waitColumns } from './rows.ts';

type Waits = Pick<RequestStore, 'waitWithAction' | 'goOnWithAction' | 'withdrawWaiting'>;

const databaseTime = sql<string>`now()`;

/** Waits that a provider asked for. Whoever goes on and whoever withdraws lock the request, so one of them is first. */
export function createWaits(options: { database: TenantDatabase; proofs: RowProofs }): Waits {
  const proven = <Result>(tenantId: string, work: (tx: TenantTx, proofs: TenantProofs) => Promise<Result>) =>
    options.database.inTenant(tenantId, (tx) => work(tx, options.proofs.of(tenantId)));
  return {
    waitWithAction: (tenantId, waiting) =>
      proven(tenantId, (tx, proofs) => waitWithAction(tx, proofs, waiting)),
    goOnWithAction: (tenantId, requestId, n) =>
      proven(tenantId, async (tx, proofs) => {
        await lockOpenAction(tx, proofs, { requestId, n });
        await setWait(tx, { requestId, n }, waitColumns(null));
      }),
    withdrawWaiting: (tenantId, id, userId) =>
      proven(tenantId, (tx, proofs) => withdrawWaiting(tx, proofs, { id, userId })),
  };
}

async function waitWithAction(
  tx: TenantTx,
  proofs: TenantProofs,
  { requestId, n, sending, wait }: WaitingAction,
): Promise<void> {
  const { request, actions, action } = await lockOpenAction(tx, proofs, { requestId, n });
  // A late attempt of an earlier sending changes nothing.
  if (sending < action.sending) return;
  const state = wait.to === 'send' ? 'planned' : action.state;
  await setWait(tx, { requestId, n }, { ...waitColumns(wait), state, sending });
  const states = actions.map((each) => (each === action ? state : each.state));
  await moveRequest(tx, request, states);
}

async function withdrawWaiting(
  tx: TenantTx,
  proofs: TenantProofs,
  { id, userId }: { id: string; userId: string },
): Promise<boolean> {
  const request = await lockRequest(tx, proofs, id);
  if (isFinal(request.state) || request.user_id !== userId) return false;
  const actions = await actionsOf(tx, id);
  const waiting = actions.find(({ state, waits_to: to }) => state === 'planned' && to === 'send');
  if (waiting === undefined) return false;
  await setWait(tx, { requestId: id, n: waiting.n }, { ...waitColumns(null), state: 'withdrawn' });
  if (waiting.approval_id !== null) await closeApproval(tx, waiting.approval_id, { state: 'withdrawn' });
  const states = actions.map((each) => (each === waiting ? 'withdrawn' : each.state));
  await moveRequest(tx, request, states);
  return true;
}

async function lockOpenAction(
  tx: TenantTx,
  proofs: TenantProofs,
  { requestId, n }: { requestId: string; n: number },
) {
  const request = await lockRequest(tx, proofs, requestId);
  const actions = await actionsOf(tx, requestId);
  const action = actions.find((each) => each.n === n);
  if (action === undefined) throw new CodedError('NOT_FOUND');
  if (isFinalAction(action.state)) throw new CodedError('REQUEST_NOT_PENDING');
  return { request, actions, action };
}

function actionsOf(tx: TenantTx, requestId: string) {
  return tx
    .selectFrom('request_actions')
    .selectAll()
    .where('request_id', '=', requestId)
    .orderBy('n')
    .execute();
}

async function setWait(
  tx: TenantTx,
  { requestId, n }: { requestId: string; n: number },
  changes: ReturnType<typeof waitColumns> & { state?: ActionState; sending?: number },
): Promise<void> {
  await tx
    .updateTable('request_actions')
    .set({ ...changes, updated_at: databaseTime })
    .where('request_id', '=', requestId)
    .where('n', '=', n)
    .execute();
  await tx.updateTable('requests').set({ updated_at: databaseTime }).where('id', '=', requestId).execute();
}
