import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalQuestion,
  mayDecide,
  type VoteChoice,
  type VoteClaims,
} from '#domain/approval/approval.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { roles } from '#domain/person/role.ts';
import { createVoteCheck } from '#governance/check-approval.ts';
import { createRightsNow } from '#governance/person/rights-now.ts';
import type { PersonRights } from '#stores/person/people.ts';
import { asker, lead } from '../support/cast.ts';
import { freshSigner } from '../support/signing.ts';
import { claimsOf, signed } from '../support/vote.ts';

const { signer, verify } = freshSigner();
const at = new Date('2030-01-01T12:00:00Z');
const rightsMaxAgeMs = 3_600_000;
const ago = (ms: number) => new Date(at.getTime() - ms).toISOString();

const question: ApprovalQuestion = {
  tenantId: 'acme',
  approvalId: 'apr_1',
  round: 1,
  requesterId: asker.userId,
  approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
  items: [],
  digest: 'd'.repeat(64),
};

const known = (person: Actor): PersonRights => ({
  ...person,
  email: null,
  name: null,
  statedAt: ago(0),
  seenAt: ago(0),
  revokedAt: null,
  confirmedAt: null,
  withdrawnAt: null,
  notBefore: null,
});

/** What the provider says, as it changes what is known of the person; `away`: nobody can be asked. */
type Said = Partial<PersonRights> | 'away' | 'broken';

function checkWith(before: PersonRights | undefined, said: Said) {
  const rights = { now: before };
  const asked: string[] = [];
  const rightsNow = createRightsNow({
    people: { rights: async () => rights.now },
    now: () => at,
    rightsMaxAgeMs,
    confirm: {
      ofPerson: async (tenantId, userId) => {
        asked.push(`${tenantId}/${userId}`);
        if (said === 'broken') throw new CodedError('DATABASE_UNAVAILABLE');
        if (said !== 'away' && rights.now !== undefined) rights.now = { ...rights.now, ...said };
      },
    },
  });
  return { check: createVoteCheck({ verify, rightsNow }), rights, asked };
}

const vote = (choice: VoteChoice, voter = lead) => signed(signer, claimsOf(question, voter, choice));

const time = fc.constantFrom(null, ago(0));
const changes: fc.Arbitrary<Said> = fc.oneof(
  fc.constant<Said>('away'),
  fc.record<Partial<PersonRights>>(
    {
      role: fc.constantFrom(...roles),
      orgUnit: fc.constantFrom('engineering', 'engineering/web', 'sales', 'hq'),
      revokedAt: time,
      withdrawnAt: time,
      seenAt: fc.constantFrom(ago(0), ago(rightsMaxAgeMs), ago(rightsMaxAgeMs + 1)),
    },
    { requiredKeys: [] },
  ),
);

describe('the check of a vote', () => {
  it('asks the identity provider each time, and goes by what is known after that', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<VoteChoice>('approve', 'reject'),
        fc.option(changes.filter((said) => typeof said !== 'string')),
        changes,
        async (choice, before, said) => {
          const first = before === null ? undefined : { ...known(lead), ...before };
          const { check, rights, asked } = checkWith(first, said);
          const problem = await check(question, vote(choice));
          expect(asked).toEqual([`acme/${lead.userId}`]);
          const now = rights.now;
          const counts =
            now !== undefined &&
            now.revokedAt === null &&
            now.withdrawnAt === null &&
            at.getTime() - Date.parse(now.seenAt) <= rightsMaxAgeMs &&
            mayDecide(question.approvers, now);
          expect(problem).toBe(counts ? null : 'APPROVAL_NOT_ALLOWED');
        },
      ),
    );
  });

  it('lets nothing pass while it can not be asked whether to ask', async () => {
    const { check } = checkWith(known(lead), 'broken');
    await expect(check(question, vote('approve'))).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('asks nobody about a vote that says the wrong thing, or that no gateway signed', async () => {
    const { check, asked } = checkWith(known(lead), 'away');
    const good = vote('approve');
    expect(await check(question, { ...good, signature: 'AAAA' })).toBe('VOTE_SIGNATURE_INVALID');
    expect(await check({ ...question, round: 2 }, good)).toBe('APPROVAL_NOT_PENDING');
    expect(await check({ ...question, digest: 'e'.repeat(64) }, good)).toBe('APPROVAL_DIGEST_MISMATCH');
    expect(asked).toEqual([]);
  });

  it('needs no rights for the requester’s own withdrawal', async () => {
    const { check, asked } = checkWith(undefined, 'away');
    expect(await check(question, vote('withdraw', asker))).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('the version of a vote', () => {
  /** As they come from outside, where the type is a wish. */
  const versions: [string, Record<string, unknown>, boolean][] = [
    ['none', {}, true],
    ['1', { version: 1 }, true],
    ['0', { version: 0 }, false],
    ['2', { version: 2 }, false],
    ['-1', { version: -1 }, false],
    ['1.5', { version: 1.5 }, false],
    ['the text 1', { version: '1' }, false],
    ['an empty text', { version: '' }, false],
    ['null', { version: null }, false],
    ['true', { version: true }, false],
    ['a list', { version: [1] }, false],
    ['an object', { version: {} }, false],
  ];
  const claimsWith = (choice: VoteChoice, version: Record<string, unknown>): VoteClaims =>
    Object.assign(claimsOf(question, choice === 'withdraw' ? asker : lead, choice), version);
  const choices: readonly VoteChoice[] = ['approve', 'reject', 'withdraw'];
  const { check } = checkWith(known(lead), 'away');

  it.each(versions)('%s', async (_, version, counts) => {
    for (const choice of choices) {
      const problem = await check(question, signed(signer, claimsWith(choice, version)));
      expect(problem).toBe(counts ? null : 'VOTE_SIGNATURE_INVALID');
    }
  });

  const changed = versions.flatMap(([was, before]) =>
    versions.flatMap(([is, after]): [string, string, Record<string, unknown>, Record<string, unknown>][] =>
      was === is ? [] : [[was, is, before, after]],
    ),
  );

  it.each(changed)('%s, signed so and then made %s, counts for nothing', async (_, __, before, after) => {
    for (const choice of choices) {
      const vote = signed(signer, claimsWith(choice, before));
      const { version: ____, ...others } = vote.claims;
      const claims: VoteClaims = Object.assign(others, after);
      expect(await check(question, { ...vote, claims })).toBe('VOTE_SIGNATURE_INVALID');
    }
  });
});
