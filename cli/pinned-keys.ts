import { join } from 'node:path';
import { z } from 'zod';
import type { auditKeys } from '#domain/audit/answers.schema.ts';
import { publicKeyHex } from '#transparency/trust.ts';
import { Failure } from './failure.ts';
import { readIfThere } from './read-if-there.ts';
import { writeAtomically } from './write-atomically.ts';

const pinned = z.record(
  z.string(),
  z.object({ keys: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)), pinned_at: z.string() }),
);

/** The audit keys of a gateway as we first saw them: public keys (hex) by id. */
export type PinnedKeys = Readonly<Record<string, string>>;

/**
 * `audit-keys.json` in the configuration folder: the keys of each gateway, stored on first use and never changed
 * without being asked.
 */
export function createPinnedKeys(configDir: string) {
  const path = join(configDir, 'audit-keys.json');

  async function read(): Promise<z.infer<typeof pinned>> {
    const text = await readIfThere(path);
    if (text === undefined) return {};
    try {
      return pinned.parse(JSON.parse(text));
    } catch (cause) {
      throw new Failure('failed', 'audit_keys_unreadable', `${path} is not what openclaw wrote.`, {
        hint: 'Give the keys with --key, or move the file away.',
        cause,
      });
    }
  }

  return {
    path,
    of: async (gateway: string): Promise<PinnedKeys | undefined> => (await read())[gateway]?.keys,
    /** The stored keys of all gateways. */
    all: async (): Promise<string[]> =>
      Object.values(await read()).flatMap(({ keys }) => Object.values(keys)),
    async pin(gateway: string, keys: PinnedKeys): Promise<void> {
      const entry = { keys: { ...keys }, pinned_at: new Date().toISOString() };
      await writeAtomically(path, `${JSON.stringify({ ...(await read()), [gateway]: entry }, null, 2)}\n`);
    },
  };
}

/** The keys that a gateway states as its own: those of its operator, else the ones that introduced themselves. */
export function keysOfGateway({ verify_keys, statements }: z.infer<typeof auditKeys>): PinnedKeys {
  const named = Object.entries(verify_keys).map(([id, pem]) => [id, publicKeyHex(pem)] as const);
  const introduced = statements
    .filter(({ claims, keyId }) => claims.keyId === keyId)
    .map(({ claims }) => [claims.keyId, claims.publicKey] as const);
  return Object.fromEntries(named.length > 0 ? named : introduced);
}
