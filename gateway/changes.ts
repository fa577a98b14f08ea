import { z } from 'zod';
import { listen } from '#platform/database/listen.ts';

/** One listener for a request's changes. */
export interface Subscription {
  /**
   * Resolves after a change since the last call, after `ms`, or when the signal aborts, whichever comes first; true for
   * a change.
   */
  changed(ms: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** Changes that PostgreSQL announces, passed on to whoever watches a request. */
export interface Changes {
  subscribe(tenantId: string, requestId: string): Subscription;
  close(): Promise<void>;
}

interface ChangesOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** How often to check that the connection still works, in milliseconds; default 20 000. */
  checkMs?: number;
  /** Pause in milliseconds before a lost connection is made again; default 500. */
  retryMs?: number;
}

const notice = z.object({ tenant: z.string(), request_id: z.string() });

/**
 * Keeps one LISTEN connection for the whole gateway. Notices are lost while there is none, so after each new connection
 * everybody is told to look again.
 */
export function createChanges({ url, log, ...times }: ChangesOptions): Changes {
  const watchers = new Map<string, Set<() => void>>();

  const tellAll = () => {
    for (const group of watchers.values()) for (const tell of group) tell();
  };

  const listener = listen({
    url,
    channel: 'openclaw_changes',
    name: 'changes',
    log,
    onConnected: tellAll,
    onNotice: (payload) => {
      const key = keyOf(payload);
      for (const tell of (key === undefined ? undefined : watchers.get(key)) ?? []) tell();
    },
    ...times,
  });
  return {
    subscribe(tenantId, requestId) {
      const key = `${tenantId}/${requestId}`;
      const group = watchers.get(key) ?? new Set();
      watchers.set(key, group);
      const { subscription, tell } = createSubscription(() => {
        group.delete(tell);
        if (group.size === 0) watchers.delete(key);
      });
      group.add(tell);
      return subscription;
    },
    close: () => listener.close(),
  };
}

function keyOf(payload: string | undefined): string | undefined {
  try {
    const { tenant, request_id } = notice.parse(JSON.parse(payload ?? ''));
    return `${tenant}/${request_id}`;
  } catch {
    return undefined;
  }
}

function createSubscription(close: () => void): { subscription: Subscription; tell: () => void } {
  let pending = false;
  let wake: (() => void) | undefined;
  return {
    tell: () => {
      pending = true;
      wake?.();
    },
    subscription: {
      close,
      changed: (ms, signal) =>
        new Promise((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            wake = undefined;
            const changed = pending;
            pending = false;
            resolve(changed);
          };
          const timer = setTimeout(done, ms);
          signal.addEventListener('abort', done);
          wake = done;
          if (pending || signal.aborted) done();
        }),
    },
  };
}
