import { existsSync, readFileSync } from 'node:fs';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import { writePrivate } from '../write-private.ts';

interface Entry {
  model: string;
  id: string;
  payload: AdapterPayload;
  /** Milliseconds since 1970. */
  expiresAt: number | undefined;
}

/** Sessions, grants, codes and refresh tokens of the provider. */
export interface SignInStorage {
  adapter: AdapterFactory;
  /** Removes everything of an account: sessions, grants, codes, refresh tokens. */
  forget(accountId: string): void;
  /** Writes what has changed since the last write. */
  flush(): void;
}

const maxEntries = 5000;
const writeAfterMs = 250;

/** Kept in memory, and written to `file` shortly after a change, so that people stay signed in over a restart. */
export function createSignInStorage(file: string): SignInStorage {
  const entries = new Map(read(file).map((entry) => [key(entry.model, entry.id), entry]));
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    writePrivate(file, JSON.stringify([...entries.values()].filter(isLive)));
  };
  const changed = () => {
    timer ??= setTimeout(flush, writeAfterMs);
  };
  const find = (model: string, fits: (payload: AdapterPayload) => boolean) =>
    [...entries.values()].find((entry) => entry.model === model && isLive(entry) && fits(entry.payload))
      ?.payload;

  const adapter = (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : undefined;
      entries.set(key(model, id), { model, id, payload, expiresAt });
      if (entries.size > maxEntries) dropOldest(entries);
      changed();
    },
    find: async (id) => {
      const entry = entries.get(key(model, id));
      return entry && isLive(entry) ? entry.payload : undefined;
    },
    findByUserCode: async (userCode) => find(model, (payload) => payload.userCode === userCode),
    findByUid: async (uid) => find(model, (payload) => payload.uid === uid),
    consume: async (id) => {
      const entry = entries.get(key(model, id));
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
      changed();
    },
    destroy: async (id) => {
      entries.delete(key(model, id));
      changed();
    },
    revokeByGrantId: async (grantId) => {
      for (const [name, entry] of entries) if (entry.payload.grantId === grantId) entries.delete(name);
      changed();
    },
  });
  const forget = (accountId: string) => {
    for (const [name, { payload }] of entries) if (payload.accountId === accountId) entries.delete(name);
    changed();
  };
  return { adapter, forget, flush };
}

function dropOldest(entries: Map<string, Entry>): void {
  for (const [name, entry] of entries) if (!isLive(entry)) entries.delete(name);
  const oldest = entries.keys().next();
  if (entries.size > maxEntries && !oldest.done) entries.delete(oldest.value);
}

function isLive(entry: Entry): boolean {
  return entry.expiresAt === undefined || entry.expiresAt > Date.now();
}

function key(model: string, id: string): string {
  return `${model}:${id}`;
}

function read(file: string): Entry[] {
  if (!existsSync(file)) return [];
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(kept) ? kept.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' && value !== null && 'model' in value && 'id' in value && 'payload' in value
  );
}
