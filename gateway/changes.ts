import pg from 'pg';
import { z } from 'zod';

/** One listener for a request's changes. */
export interface Subscription {
  /** Resolves after a change since the last call, or after `ms`, or when the signal aborts; whichever is first. */
  changed(ms: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** What PostgreSQL says has changed, fanned out to whoever watches a request. */
export interface Changes {
  subscribe(tenantId: string, requestId: string): Subscription;
  close(): Promise<void>;
}

interface ChangesOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** Milliseconds between two looks at whether the connection still lives; default 20 000. */
  checkMs?: number;
  /** Milliseconds before a lost connection is made again; default 500. */
  retryMs?: number;
}

const channel = 'openclaw_changes';

const notice = z.object({ tenant: z.string(), request_id: z.string() });

/**
 * Keeps one LISTEN connection for the whole gateway. Notices that came while it was away are lost, so after each
 * new connection everybody is told to look again.
 */
export function createChanges({ url, log, checkMs = 20_000, retryMs = 500 }: ChangesOptions): Changes {
  const watchers = new Map<string, Set<() => void>>();
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const tellAll = () => {
    for (const group of watchers.values()) for (const tell of group) tell();
  };

  const connect = async () => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'openclaw changes',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    client = fresh;
    fresh.on('error', () => undefined);
    fresh.once('end', () => again(fresh));
    fresh.on('notification', ({ payload }) => {
      const key = keyOf(payload);
      for (const tell of (key === undefined ? undefined : watchers.get(key)) ?? []) tell();
    });
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
      log.info('listening for changes');
      tellAll();
      later(() => check(fresh), checkMs);
    } catch (error) {
      log.warn({ err: error }, 'changes cannot be listened for now');
      again(fresh);
    }
  };

  const check = (current: pg.Client) => {
    current.query('SELECT 1').then(
      () => later(() => check(current), checkMs),
      () => again(current),
    );
  };

  const again = (gone: pg.Client) => {
    if (closed || client !== gone) return;
    client = undefined;
    gone.end().catch(() => undefined);
    later(() => void connect(), retryMs);
  };

  const later = (work: () => void, ms: number) => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(work, ms).unref();
  };

  void connect();
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
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
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
