import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';

const keyBytes = 32;

const keyRingFile = z.strictObject({
  active: z.string().regex(/^[\w-]{1,64}$/),
  keys: z.record(z.string().regex(/^[\w-]{1,64}$/), z.base64()),
});

/** Symmetric keys by id; the active one seals, all of them open, so that keys can be rotated. */
export interface KeyRing {
  active: { id: string; key: KeyObject };
  find(id: string): KeyObject | undefined;
}

/** The keys of `ENCRYPTION_KEYS_FILE`. */
export interface KeysOfFile extends KeyRing {
  ids: readonly string[];
}

/** Parses `{ "active": "k1", "keys": { "k1": "<base64 of 32 bytes>" } }`; throws `RangeError` for a bad key. */
export function parseKeyRing(json: string): KeysOfFile {
  const file = keyRingFile.parse(parseJson(json));
  const keys = new Map<string, KeyObject>();
  for (const [id, encoded] of Object.entries(file.keys)) {
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== keyBytes)
      throw new RangeError(`key ${id} has ${bytes.length} bytes, not ${keyBytes}`);
    keys.set(id, createSecretKey(bytes));
  }
  const active = keys.get(file.active);
  if (active === undefined) throw new RangeError(`active key ${file.active} is not among the keys`);
  return { active: { id: file.active, key: active }, find: (id) => keys.get(id), ids: [...keys.keys()] };
}
