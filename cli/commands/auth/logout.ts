import { Command } from 'commander';
import type { Context } from '../../context.ts';
import type { Credentials } from '../../credentials.ts';
import { openProvider } from '../../provider.ts';
import type { WebFetch } from '../../web-fetch.ts';

export function authLogoutCommand({ connect, credentials, env, fetch, output }: Context): Command {
  return new Command('logout')
    .description('forget the sign-in, here and at the provider')
    .action(async () => {
      const { url } = await connect();
      const kept = await credentials.locked(async () => {
        const entry = await credentials.read(url);
        if (entry) await credentials.remove(url);
        return entry;
      });
      const revoked = kept !== undefined && (await revoke(kept, fetch));
      if (kept && !revoked) output.note('The provider could not be told; its token ends by itself.');
      if (env.OPENCLAW_TOKEN) output.note('OPENCLAW_TOKEN is still set and is used by every command.');
      output.result({ gateway: url, signed_out: kept !== undefined, revoked }, () =>
        kept ? `Signed out from ${url}.` : `You were not signed in at ${url}.`,
      );
    });
}

/** We are signed out here already, so a provider that is away is no failure. */
async function revoke(entry: Credentials, fetch: WebFetch): Promise<boolean> {
  try {
    const provider = await openProvider({ ...entry, fetch });
    await provider.revoke(entry.refreshToken ?? entry.accessToken);
    return true;
  } catch {
    return false;
  }
}
