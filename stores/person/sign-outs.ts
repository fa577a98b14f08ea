import type { DirectoryDatabase } from '../database.ts';

/** What is kept of the sign-outs that the identity provider told; `SessionStore.deleteExpired` ends it. */
export interface SignOutNotes {
  /** Bearer tokens of this sign-in no longer count. `providerSession`: SHA-256 (hex) of its `sid`; ISO 8601. */
  endSignIn(providerSession: string, expiresAt: string): Promise<void>;
  signInHasEnded(providerSession: string): Promise<boolean>;
  /** A logout token counts once: false when it was taken before. `tokenHash` is SHA-256 (hex) of its jti. */
  takeLogoutToken(tokenHash: string, expiresAt: string): Promise<boolean>;
  logoutTokenTaken(tokenHash: string): Promise<boolean>;
}

export function createSignOutNotes(database: DirectoryDatabase): SignOutNotes {
  return {
    takeLogoutToken: (tokenHash, expiresAt) =>
      database.inDirectory(async (tx) => {
        const taken = await tx
          .insertInto('logout_tokens')
          .values({ token_hash: tokenHash, expires_at: expiresAt })
          .onConflict((conflict) => conflict.doNothing())
          .returning('token_hash')
          .executeTakeFirst();
        return taken !== undefined;
      }),
    logoutTokenTaken: (tokenHash) =>
      database.inDirectory(async (tx) => {
        const taken = await tx
          .selectFrom('logout_tokens')
          .select('token_hash')
          .where('token_hash', '=', tokenHash)
          .executeTakeFirst();
        return taken !== undefined;
      }),
    endSignIn: (providerSession, expiresAt) =>
      database.inDirectory(async (tx) => {
        await tx
          .insertInto('ended_sign_ins')
          .values({ provider_session: providerSession, expires_at: expiresAt })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),
    signInHasEnded: (providerSession) =>
      database.inDirectory(async (tx) => {
        const ended = await tx
          .selectFrom('ended_sign_ins')
          .select('provider_session')
          .where('provider_session', '=', providerSession)
          .executeTakeFirst();
        return ended !== undefined;
      }),
  };
}
