import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** A way to get a token for Vault. */
export interface VaultLogin {
  /** A token, possibly an earlier one; `afresh` when that one was refused. */
  token(afresh: boolean): Promise<string>;
}

/** Reads the token each time from a file that an agent keeps up to date. */
export function tokenFile(path: string): VaultLogin {
  return { token: async () => (await readFile(path, 'utf8')).trim() };
}

const loginAnswer = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number().min(0) }),
});

interface KubernetesLoginOptions {
  /** Sends a request to Vault and returns its JSON; rejects for anything but 200. */
  call: (path: string, body: object) => Promise<unknown>;
  /** Path at which the Kubernetes login is mounted, `kubernetes`. */
  mount: string;
  role: string;
  /** File with the token of our service account, which Kubernetes renews. */
  tokenFile: string;
  /** Milliseconds on a clock that never goes back. */
  monotonicMs: () => number;
}

/** Logs in with the service account, and again after two thirds of the lease, or when the token was refused. */
export function kubernetesLogin(options: KubernetesLoginOptions): VaultLogin {
  const { call, mount, role, monotonicMs } = options;
  let known: { token: Promise<string>; renewAt: number } | undefined;

  function login(): Promise<string> {
    const entry = { token: Promise.resolve(''), renewAt: Number.POSITIVE_INFINITY };
    entry.token = (async () => {
      const jwt = (await readFile(options.tokenFile, 'utf8')).trim();
      const { auth } = loginAnswer.parse(await call(`auth/${mount}/login`, { role, jwt }));
      // Zero = a token that does not expire.
      if (auth.lease_duration > 0) entry.renewAt = monotonicMs() + (auth.lease_duration * 1_000 * 2) / 3;
      return auth.client_token;
    })();
    known = entry;
    entry.token.catch(() => {
      if (known === entry) known = undefined;
    });
    return entry.token;
  }

  return {
    token: (afresh) =>
      known === undefined || afresh || monotonicMs() >= known.renewAt ? login() : known.token,
  };
}
