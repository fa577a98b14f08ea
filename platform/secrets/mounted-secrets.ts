import { join } from 'node:path';
import { checkSecretName, noSecret, type OnRotation, type SecretReader } from './read-secret.ts';
import { type WatchedFile, watchFile } from './watched-file.ts';

interface MountedSecretsOptions {
  /** `SECRETS_DIR`: `<tenant>/<secret>/<key>`, as Kubernetes mounts secrets. */
  folder: string;
  onRotation: OnRotation;
  /** Called with the reason why a changed file is refused. */
  onProblem: (problem: { tenantId: string; secretName: string; key: string; cause: unknown }) => void;
  /** How often a file is read again, in milliseconds; default 30 000. */
  rereadMs?: number;
  unchangedMs?: number;
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
  const { folder, onRotation, onProblem, rereadMs = 30_000, unchangedMs } = options;
  const watched = new Map<string, Promise<WatchedFile<string>>>();

  function watch(tenantId: string, secretName: string, key: string): Promise<WatchedFile<string>> {
    const path = join(folder, tenantId, secretName, key);
    const known = watched.get(path);
    if (known !== undefined) return known;
    const watching = watchFile({
      path,
      parse: valueOf,
      rereadMs,
      ...(unchangedMs === undefined ? {} : { unchangedMs }),
      onChange: ({ content, before }) => onRotation({ tenantId, secretName, key, content, before }),
      onProblem: (cause) => onProblem({ tenantId, secretName, key, cause }),
      // Not awaited: it is called during a look, and `close` waits for the end of the look.
      onGone: () => void drop(path),
    });
    watched.set(path, watching);
    watching.catch(() => watched.delete(path));
    return watching;
  }

  async function drop(path: string): Promise<void> {
    const watching = watched.get(path);
    watched.delete(path);
    const file = await watching?.catch(() => undefined);
    await file?.close();
  }

  return {
    async read(tenantId, secretName, key) {
      checkSecretName(tenantId, secretName, key);
      try {
        return (await watch(tenantId, secretName, key)).current();
      } catch (cause) {
        throw noSecret(secretName, key, cause);
      }
    },
    async close() {
      await Promise.all([...watched.keys()].map(drop));
    },
  };
}

/** Throws for text that can't be a credential; the message contains nothing of it. */
function valueOf(content: Buffer): string {
  const value = new TextDecoder('utf-8', { fatal: true }).decode(content).trim();
  if (value === '') throw new RangeError('the secret is empty');
  return value;
}
