import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { reachOf } from '#domain/person/permission.ts';
import type { Limits } from '#platform/cache/open-limits.ts';
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

export function createLimitCalls(limits: Limits<LimitClass>, keepPace: KeepPace): LimitCalls {
  return async (call) => {
    const { route, setHeader } = call;
    const name = limitClassOf(route);
    if (name === 'none') return;
    const { allowed, limit, remaining, resetMs } = await limits.take(name, ownerOf(name, call));
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

function ownerOf(name: LimitClass, { route, actor, remoteAddress }: LimitedCall): string {
  if (actor === undefined) return `address:${networkOf(remoteAddress)}`;
  return perPerson.includes(name) || changesOwnPoliciesOnly(name, route, actor)
    ? `tenant:${actor.tenantId}:person:${actor.userId}`
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
