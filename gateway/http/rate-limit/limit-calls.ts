import { createHmac } from 'node:crypto';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { reachOf } from '#domain/person/permission.ts';
import type { Limits } from '#platform/cache/open-limits.ts';
import type { KeyRing } from '#platform/crypto/key-ring.ts';
import type { AnyRoute } from '../route.ts';
import { type LimitClass, limitClassOf } from './limit-class.ts';
import type { KeepPace } from './tenant-pace.ts';

interface LimitedCall {
  route: AnyRoute;
  /** `undefined` on public routes. */
  actor: Actor | undefined;
  remoteAddress: string;
  setHeader(name: string, value: string): void;
}

/**
 * Takes a call from its budget, reports in headers what is left, and lets it begin at its tenant's pace. Throws
 * `RATE_LIMITED`.
 */
export type LimitCalls = (call: LimitedCall) => Promise<void>;

const perPerson: readonly LimitClass[] = ['request', 'read'];

interface LimitCallsOptions {
  limits: Limits<LimitClass>;
  keepPace: KeepPace;
  /** The keys with which the installation encrypts; the active one hides who calls from a reader of the counts. */
  keyRing: Pick<KeyRing, 'active'>;
}

export function createLimitCalls({ limits, keepPace, keyRing }: LimitCallsOptions): LimitCalls {
  const opaque = (text: string) =>
    createHmac('sha256', keyRing.active.key).update(`limit|${text}`).digest('hex').slice(0, 32);

  return async (call) => {
    const { route, setHeader } = call;
    const name = limitClassOf(route);
    if (name === 'none') return;
    const { allowed, limit, remaining, resetMs } = await limits.take(name, ownerOf(name, call, opaque));
    setHeader('ratelimit-limit', String(limit));
    setHeader('ratelimit-remaining', String(remaining));
    setHeader('ratelimit-reset', String(Math.ceil(resetMs / 1_000)));
    setHeader('ratelimit-policy', `${limit};w=60`);
    if (!allowed) throw new CodedError('RATE_LIMITED', { retryAfterMs: Math.max(1_000, resetMs) });
    if (call.actor !== undefined) {
      await keepPace(route.method === 'GET' ? 'reads' : 'changes', call.actor);
    }
  };
}

function ownerOf(
  name: LimitClass,
  { route, actor, remoteAddress }: LimitedCall,
  opaque: (text: string) => string,
): string {
  if (actor === undefined) return `address:${opaque(networkOf(remoteAddress))}`;
  return perPerson.includes(name) || changesOwnPoliciesOnly(name, route, actor)
    ? `tenant:${actor.tenantId}:person:${opaque(`${actor.tenantId}|${actor.userId}`)}`
    : `tenant:${actor.tenantId}`;
}

/** People who change their own policies must not use up what administrators need to change policies for everybody. */
function changesOwnPoliciesOnly(name: LimitClass, { auth }: AnyRoute, { role }: Actor): boolean {
  return name === 'policy_mutation' && auth !== 'public' && reachOf(auth, role) === 'own';
}

/** One customer has 2^64 IPv6 addresses, so the network is what counts. */
function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:/, '');
  return bare.includes(':') ? bare.split(':').slice(0, 4).join(':') : bare;
}
