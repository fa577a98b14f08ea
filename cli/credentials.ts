import { join } from 'node:path';
import { z } from 'zod';
import { usageFailure } from './failure.ts';
import { withFileLock } from './file-lock.ts';
import { readIfThere } from './read-if-there.ts';
import { writeAtomically } from './write-atomically.ts';

const credentials = z.object({
  issuer: z.string(),
  clientId: z.string(),
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  /** Milliseconds since 1970; `null` when the provider didn't say. */
  expiresAt: z.number().nullable(),
});

export type Credentials = z.infer<typeof credentials>;

// One entry per gateway address, so that a token never travels to another gateway.
const kept = z.record(z.string(), credentials);

/** `credentials.json` (mode 0600) in the configuration folder. */
export function createCredentialsStore(configDir: string) {
  const path = join(configDir, 'credentials.json');

  async function all(): Promise<Record<string, Credentials>> {
    const text = await readIfThere(path);
    if (text === undefined) return {};
    try {
      return kept.parse(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
      throw usageFailure(
        `${path} cannot be read.`,
        'Remove it and sign in again with `openclaw auth login`.',
      );
    }
  }

  async function change(edit: (entries: Record<string, Credentials>) => void): Promise<void> {
    const entries = await all();
    edit(entries);
    await writeAtomically(path, `${JSON.stringify(entries, null, 2)}\n`);
  }

  return {
    path,
    async read(gatewayUrl: string): Promise<Credentials | undefined> {
      return (await all())[gatewayUrl];
    },
    /** Only inside `locked`. */
    async save(gatewayUrl: string, entry: Credentials): Promise<void> {
      await change((entries) => {
        entries[gatewayUrl] = entry;
      });
    },
    /** Only inside `locked`. */
    async remove(gatewayUrl: string): Promise<void> {
      await change((entries) => {
        delete entries[gatewayUrl];
      });
    },
    /** One process at a time: a refresh token works once, and using it twice ends the sign-in. */
    locked<T>(work: () => Promise<T>): Promise<T> {
      return withFileLock(`${path}.lock`, work);
    },
  };
}

export type CredentialsStore = ReturnType<typeof createCredentialsStore>;
