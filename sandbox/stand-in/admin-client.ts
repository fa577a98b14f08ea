import { setTimeout as wait } from 'node:timers/promises';
import type { Arrival } from './fault-proxy.ts';
import type { ActiveFault, FaultRequest } from './faults.ts';
import type { LedgerEntry } from './ledger.ts';
import type { PausedCall } from './pauses.ts';

export interface StandInAdmin {
  setFault(fault: FaultRequest): Promise<ActiveFault>;
  clearFaults(): Promise<void>;
  /** The calls that reached the provider, oldest first. */
  ledger(filter?: { method?: string; path?: RegExp }): Promise<readonly LedgerEntry[]>;
  /** The calls that came to the stand-in, whether they reached the provider or not. */
  arrivals(): Promise<readonly Arrival[]>;
  /** Resolves as soon as this fault has paused a call; rejects after `timeoutMs` (10 s). */
  waitForPause(faultId: string, timeoutMs?: number): Promise<PausedCall>;
  /** Lets the paused calls go on, or loses them on the way; returns how many there were. */
  release(faultId: string, what?: 'goes on' | 'is lost'): Promise<number>;
}

/** Controls a stand-in, in this process or another. */
export function createStandInAdmin(adminUrl: string): StandInAdmin {
  async function send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${adminUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`stand-in: ${method} ${path}: ${response.status} ${text}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own admin API answers in our own types
    return JSON.parse(text) as Body;
  }
  return {
    setFault: (fault) => send('POST', '/faults', fault),
    async clearFaults() {
      await send('DELETE', '/faults');
    },
    async ledger({ method, path } = {}) {
      const entries = await send<readonly LedgerEntry[]>('GET', '/ledger');
      return entries.filter(
        (entry) =>
          (method === undefined || entry.method === method) && (path === undefined || path.test(entry.path)),
      );
    },
    arrivals: () => send('GET', '/arrivals'),
    async waitForPause(faultId, timeoutMs = 10_000) {
      const end = Date.now() + timeoutMs;
      while (Date.now() < end) {
        const pauses = await send<readonly PausedCall[]>('GET', '/pauses');
        const paused = pauses.find(({ id }) => id === faultId);
        if (paused !== undefined) return paused;
        await wait(20);
      }
      throw new Error(`stand-in: ${faultId} paused nothing within ${timeoutMs} ms`);
    },
    async release(faultId, what = 'goes on') {
      const path = `/pauses/${faultId}/release`;
      const { released } = await send<{ released: number }>('POST', path, { goes_on: what === 'goes on' });
      return released;
    },
  };
}
