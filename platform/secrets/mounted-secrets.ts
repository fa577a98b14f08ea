import { join } from 'node:path';
import { type HeldFile, holdFile } from './held-file.ts';
import { checkSecretName, noSecret, type OnRotation, type SecretReader } from './read-secret.ts';

interface MountedSecretsOptions {
  /** `SECRETS_DIR`: `<tenant>/<secret>/<key>`, as Kubernetes mounts secrets. */
  folder: string;
  onRotation: OnRotation;
  /** Called with the reason why a changed file is refused. */
  onProblem: (problem: { tenantId: string; secretName: string; key: string; cause: unknown }) => void;
  /** How often a file is read again, in milliseconds; default 30 000. */
  rereadMs?: number;
  settleMs?: number;
}

/** Reads secrets, and follows their changes until it is closed. */
export interface SecretSource {
  read: SecretReader;
  close(): Promise<void>;
}

/**
 * Secrets mounted as files. Once read, a file is watched; if it becomes incomplete, empty or binary, the last good
 * value stays; if it is removed, so is the value.
 */
export function createMountedSecrets(options: MountedSecretsOptions): SecretSource {
  const { folder, onRotation, onProblem, rereadMs = 30_000, settleMs } = options;
  const held = new Map<string, Promise<HeldFile<string>>>();

  function hold(tenantId: string, secretName: string, key: string): Promise<HeldFile<string>> {
    const path = join(folder, tenantId, secretName, key);
    const known = held.get(path);
    if (known !== undefined) return known;
    const holding = holdFile({
      path,
      parse: valueOf,
      rereadMs,
      ...(settleMs === undefined ? {} : { settleMs }),
      onChange: ({ content, before }) => onRotation({ tenantId, secretName, key, content, before }),
      onProblem: (cause) => onProblem({ tenantId, secretName, key, cause }),
      // Not awaited: it is called during a look, and `close` waits for the end of the look.
      onGone: () => void drop(path),
    });
    held.set(path, holding);
    holding.catch(() => held.delete(path));
    return holding;
  }

  async function drop(path: string): Promise<void> {
    const holding = held.get(path);
    held.delete(path);
    const file = await holding?.catch(() => undefined);
    await file?.close();
  }

  return {
    async read(tenantId, secretName, key) {
      checkSecretName(tenantId, secretName, key);
      try {
        return (await hold(tenantId, secretName, key)).current();
      } catch (cause) {
        throw noSecret(secretName, key, cause);
      }
    },
    async close() {
      await Promise.all([...held.keys()].map(drop));
    },
  };
}

/** Throws for text that can't be a credential; the message contains nothing of it. */
function valueOf(content: Buffer): string {
  const value = new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
  if (value === '') throw new RangeError('the secret is empty');
  return value;
}
