import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalQuestion,
  mayDecide,
  mayResolve,
  type VoteClaims,
  voteRefusal,
} from '#domain/approval/approval.ts';
import { orgUnitCovers, type Role, roleAtLeast, roles } from '#domain/person/role.ts';

const question: ApprovalQuestion = {
  tenantId: 'acme',
  approvalId: 'apr_1',
  round: 1,
  requesterId: 'uma',
  approvers: { role: 'team_lead', orgUnit: 'engineering/web' },
  items: [{ runId: 'req_1/1', action: 'github_issue_comment', target: 'acme/website#7', digest: 'd' }],
  digest: 'd',
};

const vote: VoteClaims = {
  voteId: 'vot_1',
  tenantId: 'acme',
  approvalId: 'apr_1',
  round: 1,
  choice: 'approve',
  digest: 'd',
  userId: 'lee',
  role: 'team_lead',
  orgUnit: 'engineering',
  reasonRef: null,
  at: '2026-01-01T00:00:00.000Z',
};

const units = fc.constantFrom(
  '',
  'engineering',
  'engineering/web',
  'engineering/web/ui',
  'engineeringx',
  'sales',
);
const role = fc.constantFrom<Role>(...roles);

describe('a vote', () => {
  it('of a lead whose unit covers the requester counts', () => {
    expect(voteRefusal(question, vote)).toBeUndefined();
    expect(voteRefusal(question, { ...vote, choice: 'reject' })).toBeUndefined();
  });

  it.each<[Partial<VoteClaims>, string]>([
    [{ tenantId: 'globex' }, 'TENANT_MISMATCH'],
    [{ approvalId: 'apr_2' }, 'APPROVAL_NOT_PENDING'],
    [{ round: 2 }, 'APPROVAL_NOT_PENDING'],
    [{ digest: 'e' }, 'APPROVAL_DIGEST_MISMATCH'],
    [{ userId: 'uma' }, 'APPROVAL_OWN_REQUEST'],
    [{ userId: 'uma', role: 'enterprise_admin' }, 'APPROVAL_OWN_REQUEST'],
    [{ role: 'user' }, 'APPROVAL_NOT_ALLOWED'],
    [{ orgUnit: 'sales' }, 'APPROVAL_NOT_ALLOWED'],
    [{ orgUnit: 'engineering/web/ui' }, 'APPROVAL_NOT_ALLOWED'],
    [{ choice: 'withdraw' }, 'APPROVAL_NOT_ALLOWED'],
  ])('with %o is refused: %s', (changes, code) => {
    expect(voteRefusal(question, { ...vote, ...changes })).toBe(code);
  });

  it('to withdraw counts of the requester alone, whatever their role', () => {
    for (const mine of roles) {
      const claims = { ...vote, choice: 'withdraw', userId: 'uma', role: mine, orgUnit: 'sales' } as const;
      expect(voteRefusal(question, claims)).toBeUndefined();
    }
  });

  it('of the requester never approves or rejects, and of another tenant never counts', () => {
    fc.assert(
      fc.property(role, units, fc.constantFrom('approve', 'reject', 'withdraw'), (mine, orgUnit, choice) => {
        const claims = { ...vote, role: mine, orgUnit, choice };
        expect(voteRefusal(question, { ...claims, tenantId: 'globex' })).toBe('TENANT_MISMATCH');
        const own = voteRefusal(question, { ...claims, userId: 'uma' });
        expect(own).toBe(choice === 'withdraw' ? undefined : 'APPROVAL_OWN_REQUEST');
      }),
    );
  });
});

describe('who may decide', () => {
  it('needs the role, and a unit that covers the requester unless an enterprise admin', () => {
    fc.assert(
      fc.property(role, role, units, units, (needed, mine, orgUnit, requesterUnit) => {
        const may = mayDecide({ role: needed, orgUnit: requesterUnit }, { role: mine, orgUnit });
        const covers = mine === 'enterprise_admin' || orgUnitCovers(orgUnit, requesterUnit);
        expect(may).toBe(roleAtLeast(mine, needed) && covers);
      }),
    );
  });

  it('never gets more by a lower role or a deeper unit', () => {
    fc.assert(
      fc.property(role, role, units, (needed, mine, orgUnit) => {
        const approvers = { role: needed, orgUnit: 'engineering/web' };
        const lower = roles[roles.indexOf(mine) - 1];
        if (mayDecide(approvers, { role: mine, orgUnit })) return;
        if (lower !== undefined) expect(mayDecide(approvers, { role: lower, orgUnit })).toBe(false);
        if (mine !== 'enterprise_admin') {
          expect(mayDecide(approvers, { role: mine, orgUnit: `${orgUnit}/x` })).toBe(false);
        }
      }),
    );
  });
});

describe('the word on an unknown outcome', () => {
  const requester = { userId: 'uma', orgUnit: 'engineering/web' };
  const person = (userId: string, ofRole: Role, orgUnit: string) => ({
    tenantId: 'acme',
    userId,
    role: ofRole,
    orgUnit,
  });

  it.each([
    ["the requester's own, whatever their role", person('uma', 'user', 'engineering/web'), true],
    ["that of a lead of the requester's unit", person('lee', 'team_lead', 'engineering/web'), true],
    ['that of a lead above', person('lee', 'team_lead', 'engineering'), true],
    ['that of an enterprise admin of any unit', person('ada', 'enterprise_admin', 'sales'), true],
    ['never that of a colleague', person('max', 'user', 'engineering/web'), false],
    ['never that of a lead of another unit', person('sam', 'team_lead', 'sales'), false],
  ])('counts as %s', (_whose, speaker, counts) => {
    expect(mayResolve(requester, speaker)).toBe(counts);
  });
});
