import { createVoteCheck, type VoteCheck } from '#governance/check-approval.ts';
import type { ConfirmRights } from '#governance/person/confirm-rights.ts';
import { createRightsNow } from '#governance/person/rights-now.ts';
import type { Verifier } from '#platform/crypto/signature.ts';
import type { Stores } from '#stores/open-stores.ts';

/** An identity provider that is away: rights count as last seen. */
export const nobodyToAsk: Pick<ConfirmRights, 'ofPerson'> = { ofPerson: async () => {} };

/** The check as governance makes it. */
export function voteCheckOf(
  { people }: Pick<Stores, 'people'>,
  verify: Verifier,
  confirm = nobodyToAsk,
): VoteCheck {
  const now = () => new Date();
  return createVoteCheck({
    verify,
    rightsNow: createRightsNow({ people, now, rightsMaxAgeMs: 86_400_000, confirm }),
  });
}
