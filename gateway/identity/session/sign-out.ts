import { CodedError } from '#domain/error.ts';
import type { RecordEvent } from '#governance/record.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { LogoutNotice } from '#platform/oidc/logout-token.ts';
import type { GrantStore } from '#stores/person/grants.ts';
import type { PeopleStore } from '#stores/person/people.ts';
import type { SessionOwner, SessionStore } from '#stores/person/sessions.ts';
import type { TenantStore } from '#stores/tenant/tenants.ts';
import type { BrowserSessions } from './browser-sessions.ts';

/**
 * Does what the identity provider tells of a sign-out. One that names a sign-in (`sid`) ends its sessions, bearer tokens
 * and online grants, and no other's; one about the person alone ends all of theirs. Rights and votes are about the role,
 * which is asked for as always: a sign-out is no withdrawal.
 */
export type SignOut = (notice: Omit<LogoutNotice, 'jti' | 'expiresAt'>) => Promise<void>;

interface SignOutOptions {
  people: Pick<PeopleStore, 'signedOut' | 'rights'>;
  grants: Pick<GrantStore, 'removeOnline' | 'ownersOf'>;
  sessions: Pick<BrowserSessions, 'endAllOf'>;
  directory: Pick<SessionStore, 'endSignIn' | 'peopleOf'>;
  tenants: Pick<TenantStore, 'list'>;
  recordEvent: RecordEvent;
  /** Forgets what this gateway has cached about the person; other gateways are told by the database. */
  forget(person: { tenantId: string; userId: string }): void;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

/** No token of a sign-in lives longer. */
const longestTokenMs = 30 * 86_400_000;

export function createSignOut(options: SignOutOptions): SignOut {
  return async ({ userId, providerSession, tenant }) => {
    const signIn = providerSession === undefined ? undefined : sha256Hex(providerSession);
    // Before anybody is looked for: access must end even if something below fails.
    if (signIn !== undefined) {
      await options.directory.endSignIn(signIn, new Date(options.nowMs() + longestTokenMs).toISOString());
    }
    const tenantIds = tenant === undefined ? (await options.tenants.list()).map(({ id }) => id) : [tenant];
    const owners =
      userId === undefined
        ? await ownersOf(options, tenantIds, signIn ?? '')
        : tenantIds.map((tenantId) => ({ tenantId, userId }));
    const failures: unknown[] = [];
    for (const owner of owners) {
      await signOutOne(options, owner, signIn).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
}

/** Whoever has a session or a grant of that sign-in, each once. */
async function ownersOf(
  { directory, grants }: SignOutOptions,
  tenantIds: readonly string[],
  signIn: string,
): Promise<readonly SessionOwner[]> {
  const owners = new Map<string, SessionOwner>();
  const add = (owner: SessionOwner) => owners.set(`${owner.tenantId}|${owner.userId}`, owner);
  for (const owner of await directory.peopleOf({ providerSession: signIn })) add(owner);
  for (const tenantId of tenantIds) {
    for (const userId of await grants.ownersOf(tenantId, signIn)) add({ tenantId, userId });
  }
  return [...owners.values()];
}

async function signOutOne(
  options: SignOutOptions,
  { tenantId, userId }: SessionOwner,
  signIn: string | undefined,
): Promise<void> {
  const { people, grants, sessions, recordEvent, forget } = options;
  const known = await people.rights(tenantId, userId).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'TENANT_UNKNOWN') return undefined;
    throw error;
  });
  if (known === undefined) return;
  // Before the record: access must end even if the record can't be written.
  if (signIn === undefined) await people.signedOut(tenantId, userId);
  const ended = await sessions.endAllOf(tenantId, userId, signIn);
  await grants.removeOnline(tenantId, {
    userId,
    ...(signIn === undefined ? {} : { providerSession: signIn }),
  });
  forget({ tenantId, userId });
  const { role, orgUnit } = known;
  await recordEvent(
    { tenantId, userId, role, orgUnit },
    {
      event: 'session.revoked',
      detail:
        signIn === undefined
          ? 'the identity provider signed the person out'
          : 'the identity provider ended one sign-in',
      outcome: 'success',
      metadata: { sessions: ended },
    },
  );
}
