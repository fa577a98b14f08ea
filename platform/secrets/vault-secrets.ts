import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { checkSecretName, noSecret, type OnRotation, type SecretReader } from './read-secret.ts';
import { kubernetesLogin, tokenFile, type VaultLogin } from './vault-login.ts';

interface VaultOptions {
  /** `VAULT_ADDR`. */
  address: string;
  /** Where the KV engine (version 2) is mounted, `VAULT_KV_MOUNT`. */
  mount: string;
  login: { tokenFile: string } | { role: string; mount: string; tokenFile: string };
  onRotation: OnRotation;
  /** Limit of one call, in milliseconds; default 5000. */
  timeoutMs?: number;
  /** How long a secret is used without asking again, in milliseconds; default 30 000. */
  maxAgeMs?: number;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs?: () => number;
}

interface CachedSecret {
  readAt: number;
  values: Readonly<Record<string, string>>;
}

/** Vault said no, as opposed to not answering: a cached secret may no longer be used. */
class VaultRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`Vault answered ${status}`);
    this.name = 'VaultRefused';
    this.status = status;
  }
}

const secretAnswer = z.object({ data: z.object({ data: z.record(z.string(), z.string()) }) });

/** How long a secret is used while Vault does not answer, in milliseconds. */
const graceMs = 600_000;
const maxAnswerBytes = 1_048_576;

/**
 * Reads `<mount>/data/openclaw/<tenant>/<secret>`. While Vault is away or broken, what was read last is used for ten
 * more minutes; a refusal (403, 404) ends that at once.
 */
export function createVaultSecrets(options: VaultOptions): SecretReader {
  const { address, mount, onRotation, timeoutMs = 5_000, maxAgeMs = 30_000 } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const cached = new LRUCache<string, CachedSecret>({ max: 1_000 });
  const under = new Map<string, Promise<CachedSecret>>();
  const login = loginOf(options.login, (path, body) => call(path, { body }), monotonicMs);

  async function call(path: string, { token, body }: { token?: string; body?: object }): Promise<unknown> {
    const answer = await fetch(`${address}/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: token === undefined ? {} : { 'x-vault-token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await textOf(answer);
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new VaultRefused(answer.status);
    if (answer.status !== 200) throw new Error(`Vault answered ${answer.status}`);
    const value: unknown = JSON.parse(text);
    return value;
  }

  async function ask(path: string): Promise<Readonly<Record<string, string>>> {
    const attempt = async (afresh: boolean) => call(path, { token: await login.token(afresh) });
    const answer = await attempt(false).catch((error: unknown) => {
      // The token may have been revoked early.
      if (error instanceof VaultRefused && error.status === 403) return attempt(true);
      throw error;
    });
    return secretAnswer.parse(answer).data.data;
  }

  async function refresh(tenantId: string, secretName: string, before?: CachedSecret): Promise<CachedSecret> {
    const readAt = monotonicMs();
    const place = `${tenantId}/${secretName}`;
    try {
      const values = await ask(`${mount}/data/openclaw/${place}`);
      for (const [key, value] of Object.entries(values)) {
        const old = before?.values[key];
        if (old === undefined || old === value) continue;
        await onRotation({
          tenantId,
          secretName,
          key,
          content: Buffer.from(value),
          before: Buffer.from(old),
        });
      }
      const fresh = { readAt, values };
      cached.set(place, fresh);
      return fresh;
    } catch (cause) {
      if (cause instanceof VaultRefused) cached.delete(place);
      else if (before !== undefined && monotonicMs() - before.readAt < graceMs) return before;
      throw cause;
    }
  }

  return async (tenantId, secretName, key) => {
    checkSecretName(tenantId, secretName, key);
    const place = `${tenantId}/${secretName}`;
    const known = cached.get(place);
    try {
      if (known === undefined || monotonicMs() - known.readAt >= maxAgeMs) {
        const asking =
          under.get(place) ?? refresh(tenantId, secretName, known).finally(() => under.delete(place));
        under.set(place, asking);
        return valueOf(await asking, key);
      }
      return valueOf(known, key);
    } catch (cause) {
      throw noSecret(secretName, key, cause);
    }
  };
}

function loginOf(
  login: VaultOptions['login'],
  call: (path: string, body: object) => Promise<unknown>,
  monotonicMs: () => number,
): VaultLogin {
  return 'role' in login ? kubernetesLogin({ ...login, call, monotonicMs }) : tokenFile(login.tokenFile);
}

function valueOf({ values }: CachedSecret, key: string): string {
  const value = Object.hasOwn(values, key) ? values[key]?.trim() : undefined;
  if (value === undefined || value === '') throw new Error('the secret has no such key');
  return value;
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) throw new RangeError('Vault answered too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
