import type { ErrorCode } from '#domain/error.ts';
import type { Database } from '#platform/database/pool.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import { auditEntry, effect, ledgerDecision } from './examples.ts';

/** Attempts that surely had no effect: by this release, or added to by a worker of the release before. */
const earlier = [[], ['N'], ['old'], ['N', 'N'], ['N', 'old'], ['old', 'N']] as const;

/** What is on record of the newest attempt. `later`, `over`: the provider named a time, which is to come, or over. */
const newest = [
  'open',
  'not sent',
  'later',
  'over',
  'success',
  'error',
  'unknown',
  'expired',
  'unsent',
] as const;

export type Newest = (typeof newest)[number];

/** Attempts at one effect, as they are on record; `newest: null`: nobody claimed it. */
export interface History {
  name: string;
  earlier: readonly ('N' | 'old')[];
  newest: Newest | null;
  /** How many attempts there are. */
  attempts: number;
}

export const histories: readonly History[] = [
  { name: 'none', earlier: [], newest: null, attempts: 0 },
  ...earlier.flatMap((before) =>
    newest.map((last) => ({
      name: [...before, last].join(', '),
      earlier: before,
      newest: last,
      attempts: before.length + 1,
    })),
  ),
];

/** The code of each attempt that surely had no effect. */
export const endCode: ErrorCode = 'CONNECTOR_UNAVAILABLE';

/** How a history with an outcome ended, as the ledger keeps it. */
const ends = {
  success: { outcome: 'success', result: { kind: 'done', code: null, output: { old: true } } },
  error: { outcome: 'error', result: { kind: 'failed', code: 'permission_denied', output: null } },
  unknown: { outcome: 'unknown', result: { kind: 'unknown', code: 'OUTCOME_UNKNOWN', output: null } },
  expired: { outcome: 'denied', result: { kind: 'expired', code: 'APPROVAL_EXPIRED', output: null } },
  unsent: { outcome: 'denied', result: { kind: 'unsent', code: 'APPROVAL_STALE', output: null } },
} as const;

export const hasOutcome = ({ newest: last }: History): boolean => last !== null && last in ends;

interface Recorded {
  requestId: string;
  runId: string;
  /** Of the intent, and of the outcome where there is one. */
  entries: { intent: string; outcome: string | null };
  /** Of each attempt, from the first; `null` for one of a worker of the release before. */
  decisions: (string | null)[];
}

/** Puts a history on record as workers do it; `laterMs`: when the time comes that the provider named. */
export async function recordHistory(
  { ledger, audit }: { ledger: Ledger; audit: Database },
  history: History,
  { laterMs = 3_600_000 }: { laterMs?: number } = {},
): Promise<Recorded> {
  const start = effect();
  const { runId, requestId } = start.claim;
  const recorded: Recorded = {
    requestId,
    runId,
    entries: { intent: start.entry.id, outcome: null },
    decisions: [],
  };
  if (history.newest === null) return recorded;
  await ledger.beginEffect('acme', start);
  recorded.decisions.push(start.decision.decisionId);
  for (const [index, kind] of history.earlier.entries()) {
    const n = index + 2;
    if (kind === 'old') {
      await addAsBefore(audit, runId, n);
      recorded.decisions.push(null);
      continue;
    }
    await ledger.endAttempt('acme', runId, { n: n - 1, code: endCode, againInMs: null });
    const decision = ledgerDecision({ requestId, runId });
    await ledger.addAttempt('acme', runId, { n, decision });
    recorded.decisions.push(decision.decisionId);
  }
  const n = history.attempts;
  switch (history.newest) {
    case 'open':
      break;
    case 'not sent':
      await ledger.endAttempt('acme', runId, { n, code: endCode, againInMs: null });
      break;
    case 'later':
      await ledger.endAttempt('acme', runId, { n, code: endCode, againInMs: laterMs });
      break;
    case 'over':
      await ledger.endAttempt('acme', runId, { n, code: endCode, againInMs: -1_000 });
      break;
    case 'success':
    case 'error':
    case 'unknown':
    case 'expired':
    case 'unsent': {
      const { decisionId } = start.decision;
      const { outcome, result } = ends[history.newest];
      const entry = auditEntry({ requestId, decisionId, outcome, metadata: { run_id: runId } });
      await ledger.finishEffect('acme', runId, { entry, outcome, result, attempts: n });
      recorded.entries.outcome = entry.id;
    }
  }
  return recorded;
}

/** As a worker of the release before adds the next attempt, having looked for the one before in vain. */
export async function addAsBefore(audit: Database, runId: string, n: number): Promise<boolean> {
  const [row] = await audit.query<{ answer: { added: boolean } }>(
    'SELECT ledger.add_attempt($1, $2, $3) AS answer',
    ['acme', runId, n],
  );
  return row?.answer.added === true;
}
