import type { PolicyStore } from '#stores/policy/policies.ts';
import type { Check } from './check-system.ts';
import { keptFor } from './kept-for.ts';
import { type Reason, throwIfAny } from './not-well.ts';

/** How long an answer is cached, in milliseconds, since a look goes through the versions of every tenant. */
const keptMs = 30_000;
const mostNamed = 5;

interface CheckProofsOptions {
  policies: Pick<PolicyStore, 'unproven'>;
  tenants: { list(): Promise<readonly { id: string }[]> };
}

/** Rejects while a tenant has a draft or a version in force that nothing proves. */
export function checkProofs({ policies, tenants }: CheckProofsOptions): Check {
  const look = keptFor(keptMs, async () => {
    const reasons: Reason[] = [];
    for (const { id: tenantId } of await tenants.list()) {
      const refs = await policies.unproven(tenantId, { onlyLiving: true });
      if (refs.length > 0) reasons.push({ tenantId, problem: `nothing proves who wrote ${named(refs)}` });
    }
    return reasons;
  });
  return async () => throwIfAny(await look());
}

/** Whoever put them there chose their ids too: what doesn't look like one of ours is only counted. */
function named(refs: readonly string[]): string {
  const ours = refs.filter((ref) => /^pol_[0-9A-Z]{26}@\d+$/.test(ref)).slice(0, mostNamed);
  const others = refs.length - ours.length;
  const rest = others === 0 ? [] : [`${others} ${ours.length > 0 ? 'more ' : ''}versions of policies`];
  return [...ours, ...rest].join(', ');
}
