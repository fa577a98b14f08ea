import type { Governance } from '#governance/create-governance.ts';
import { createRecordGaps } from '#governance/upkeep/record-gaps.ts';
import type { Config } from '#platform/config/parse-config.ts';
import type { Logger } from '#platform/logger.ts';
import { repeat } from '#platform/repeat.ts';
import type { Temporal } from '#platform/temporal/client.ts';
import type { Stores } from '#stores/open-stores.ts';
import type { Metrics } from '../http/metrics.ts';
import type { StartRequest } from '../temporal/start-request.ts';
import { tellLookAgain } from '../temporal/tell-look-again.ts';
import { createSweep, type Sweep } from './sweep.ts';
import { createVoidVotes } from './void-votes.ts';

interface LoopParts {
  config: Config;
  stores: Stores;
  governance: Pick<Governance, 'checkVote' | 'endApproval' | 'recordEvent'>;
  startRequest: StartRequest;
  temporal: Temporal;
  metrics: Metrics;
  log: Logger;
}

/** The recurring work of a gateway, begun once it is started. */
export interface Loops {
  sweep: Sweep;
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** A start that was not seen counts as lost so many milliseconds after the first answer was due. */
const startGraceMs = 2_000;

/** A fifth, so that the sweeps of several gateways spread out. */
const spread = 0.2;

export function createLoops(parts: LoopParts): Loops {
  const { config, stores, governance, startRequest, temporal, metrics, log } = parts;
  const sweep = createSweep({
    tenants: stores.tenants,
    requests: stores.requests,
    startRequest,
    recordGaps: createRecordGaps({ gaps: stores.gaps, now: () => new Date() }),
    metrics,
    log,
    olderThanMs: config.firstAnswerMs + startGraceMs,
  });
  const failed = (loop: string, words: string) => (error: unknown, inARow: number) => {
    metrics.loopFailed(loop);
    log.warn({ err: error, inARow }, words);
  };
  const loops = [
    repeat({
      everyMs: config.sweepIntervalMs,
      spread,
      turn: sweep,
      onFailure: failed('sweep', 'the sweep failed; it comes again'),
    }),
    repeat({
      everyMs: config.rightsRecheckMs / 5,
      spread,
      turn: createVoidVotes({
        ...stores,
        ...governance,
        lookAgain: (voter, requestId) => tellLookAgain(temporal, voter, requestId),
      }),
      onFailure: failed('void-votes', 'votes could not be looked at; they are again'),
    }),
  ];
  return {
    sweep,
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
