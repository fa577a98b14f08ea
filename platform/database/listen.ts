import pg from 'pg';
import { repeat } from '../repeat.ts';

interface ListenOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  /** Name of the PostgreSQL channel: lower-case letters, digits and `_`. */
  channel: string;
  /** Called with the payload of each notice. */
  onNotice: (payload: string | undefined) => void;
  /** Called after each new connection: notices were lost while there was none. */
  onConnected: () => void;
  /** Shown in `pg_stat_activity`, and in the log. */
  name: string;
  log: { info(message: string): void; warn(fields: object, message: string): void };
  /** How often to check that the connection still works, in milliseconds; default 20 000. */
  checkMs?: number;
  /** Pause in milliseconds before a lost connection is made again; default 500. */
  retryMs?: number;
}

export interface Listener {
  close(): Promise<void>;
}

/** Keeps one LISTEN connection, made again whenever it is lost, until it is closed. Never throws. */
export function listen(options: ListenOptions): Listener {
  const { url, channel, log, name, checkMs = 20_000, retryMs = 500 } = options;
  if (!/^[a-z_][a-z0-9_]*$/.test(channel)) throw new RangeError(`not a channel: ${channel}`);
  let client: pg.Client | undefined;

  const connect = async () => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: `openclaw ${name}`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
    });
    client = fresh;
    // A client that is ended while it connects reports only this.
    const ended = new Promise<never>((_, reject) => {
      fresh.once('end', () => reject(new Error('the connection ended')));
    });
    ended.catch(() => lost(fresh));
    fresh.on('error', () => undefined);
    fresh.on('notification', ({ payload }) => options.onNotice(payload));
    try {
      await Promise.race([fresh.connect(), ended]);
      await fresh.query(`LISTEN ${channel}`);
      log.info(`listening for ${name}`);
      options.onConnected();
    } catch (error) {
      lost(fresh);
      throw error;
    }
  };

  const check = async (current: pg.Client) => {
    await current.query('SELECT 1').catch(() => lost(current));
  };

  const lost = (gone: pg.Client) => {
    if (client !== gone) return;
    client = undefined;
    gone.end().catch(() => undefined);
    keeping.start();
  };

  const keeping = repeat({
    everyMs: () => (client === undefined ? retryMs : checkMs),
    turn: () => (client === undefined ? connect() : check(client)),
    onFailure: (error) => log.warn({ err: error }, `${name} cannot be listened for now`),
  });
  keeping.start();
  void keeping.turnNow();
  return {
    async close() {
      const stopped = keeping.stop();
      await client?.end().catch(() => undefined);
      await stopped;
    },
  };
}
