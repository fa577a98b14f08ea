import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CountGaps } from '../status/count-gaps.ts';
import type { LookAtKeys } from '../status/look-at-keys.ts';

/**
 * What the gateway counts. Labels are route patterns and states, never tenants or people, whose number has no limit.
 */
export interface Metrics {
  answered(call: { method: string; route: string; status: number; seconds: number }): void;
  /** How a new request got its first answer: its state, or `late` at the deadline, or `unreachable`. */
  firstAnswer(outcome: string): void;
  streamOpened(): void;
  streamClosed(): void;
  swept(): void;
  /** Called when a turn of the gateway's recurring work has failed. */
  loopFailed(loop: string): void;
  /** Prometheus text. */
  text(): Promise<string>;
  contentType: string;
}

interface MetricsOptions {
  countGaps: CountGaps;
  lookAtKeys: LookAtKeys;
}

export function createMetrics({ countGaps, lookAtKeys }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'openclaw_http_request_duration_seconds',
    help: 'Time from the first byte of a call to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const first = new Counter({
    name: 'openclaw_first_answers_total',
    help: 'First answers of new requests, by what they said',
    labelNames: ['outcome'],
    registers,
  });
  const streams = new Gauge({
    name: 'openclaw_event_streams',
    help: 'Event streams that are open now',
    registers,
  });
  const swept = new Counter({
    name: 'openclaw_swept_requests_total',
    help: 'Requests that the sweeper started',
    registers,
  });
  const failures = new Counter({
    name: 'openclaw_loop_failures_total',
    help: 'Turns that failed of what the gateway does on a clock; the next one comes as ever',
    labelNames: ['loop'],
    registers,
  });
  const gaps = new Gauge({
    name: 'openclaw_audit_gaps',
    help: 'Gaps of the audit record found within the last day; absent while the audit database does not answer',
    registers,
  });
  const keys = new Gauge({
    name: 'openclaw_unreadable_keys',
    help: 'Keys of tenants that do not open as they were wrapped last; absent while the database does not answer',
    registers,
  });
  return {
    answered: ({ method, route, status, seconds }) =>
      calls.observe({ method, route, status: String(status) }, seconds),
    firstAnswer: (outcome) => first.inc({ outcome }),
    streamOpened: () => streams.inc(),
    streamClosed: () => streams.dec(),
    swept: () => swept.inc(),
    loopFailed: (loop) => failures.inc({ loop }),
    async text() {
      const [found, unreadable] = await Promise.all([countGaps(), lookAtKeys().catch(() => undefined)]);
      if (found === undefined) gaps.remove();
      else gaps.set(found);
      if (unreadable === undefined) keys.remove();
      else keys.set(unreadable.length);
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
