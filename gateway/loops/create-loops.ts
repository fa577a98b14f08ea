import { createVoteCheck } from '#governance/check-approval.ts';
import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import type { RecordEvent } from '#governance/record.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { Logger } from '#platform/logger.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Metrics } from '../http/metrics.ts';
import type { StartRequest } from '../temporal/start-request.ts';
import { createSweeper, type Sweeper } from './sweeper.ts';
import { createVoidVotes, type VoidVotes } from './void-votes.ts';

interface LoopParts {
  config: Config;
  stores: Stores;
  startRequest: StartRequest;
  metrics: Metrics;
  verify: Verifier;
  /** Asks the identity provider for a voter's rights. */
  confirm: ConfirmRights;
  recordEvent: RecordEvent;
  now: () => Date;
  log: Logger;
}

/** After this many milliseconds beyond the first answer a start that was not seen counts as lost. */
const startGraceMs = 2_000;

/** What a gateway does without being called, once it is started. */
export function createLoops(parts: LoopParts): { sweeper: Sweeper; voidVotes: VoidVotes } {
  const { config, stores, startRequest, metrics, recordEvent, now, log } = parts;
  const sweeper = createSweeper({
    tenants: stores.tenants,
    requests: stores.requests,
    startRequest,
    metrics,
    log,
    intervalMs: config.sweepIntervalMs,
    olderThanMs: config.firstAnswerMs + startGraceMs,
  });
  const voidVotes = createVoidVotes({
    ...stores,
    checkVote: createVoteCheck({
      people: stores.people,
      now,
      rightsMaxAgeMs: config.rightsMaxAgeMs,
      verify: parts.verify,
      confirm: parts.confirm,
    }),
    recordEvent,
    log,
    intervalMs: config.rightsRecheckMs / 5,
  });
  return { sweeper, voidVotes };
}
