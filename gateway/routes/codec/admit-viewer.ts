import { CodedError } from '#domain/error.ts';
import { roleAtLeast } from '#domain/person/role.ts';
import { isLoopbackHost } from '#platform/oidc/secure-url.ts';
import type { Authenticate } from '../../identity/authenticate.ts';

interface ViewerCall {
  rawHeaders: Readonly<Record<string, string | string[] | undefined>>;
  remoteAddress: string;
}

interface ViewerRules {
  /** CODEC_PATH. */
  path: string;
  /** Origin of CODEC_ORIGIN. */
  origin: string;
  publicUrl: URL;
  /** OPERATOR_TENANT. */
  operatorTenant: string | undefined;
  authenticate: Authenticate;
}

/**
 * Throws unless the caller may read payloads: with a token, administrators of the operator. Without one, only on the
 * local stack: the dev server's UI can send neither token nor cookie, so there the path itself is the secret, and the
 * call has to come from this machine (architecture §6). Throws `forbidden`, `missing_token`, and what `Authenticate`
 * throws.
 */
export async function admitViewer(call: ViewerCall, rules: ViewerRules): Promise<void> {
  const { origin, authorization } = call.rawHeaders;
  if (origin !== undefined && origin !== rules.origin) {
    throw new CodedError('forbidden', { message: 'This page may not decode payloads.' });
  }
  if (authorization !== undefined) {
    const caller = { method: 'POST', headers: { authorization }, cookies: {} };
    const { identity } = await rules.authenticate(caller);
    // The endpoint opens every tenant's payloads, so it is only for administrators of the operator (decisions.md 26).
    const { role, tenantId } = identity.actor;
    if (tenantId !== rules.operatorTenant || !roleAtLeast(role, 'org_admin'))
      throw new CodedError('forbidden');
    return;
  }
  if (!isLocalStack(rules)) throw new CodedError('missing_token');
  if (!cameFromHere(call))
    throw new CodedError('forbidden', { message: 'Only this machine may decode payloads.' });
}

/** At least 128 bits of the path are random, and the gateway is only reached from this machine. */
function isLocalStack({ path, publicUrl }: ViewerRules): boolean {
  const hasSecret = path.split('/').some((part) => /^[\w-]{22,}$/.test(part));
  return hasSecret && isLoopbackHost(publicUrl.hostname);
}

/** A proxy on this machine has a loopback address too, but says for whom it asks. */
function cameFromHere({ rawHeaders, remoteAddress }: ViewerCall): boolean {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-real-ip'].some(
    (name) => rawHeaders[name] !== undefined,
  );
  return !proxied && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(remoteAddress);
}
