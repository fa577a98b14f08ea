import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endPerformance } from '#activities/act/endings.ts';
import type { DataTouched } from '#domain/audit/audit.ts';
import { type Classification, classifications, raisedTo } from '#domain/classification/classification.ts';
import { actionRunId } from '#domain/ids.ts';
import type { Decision } from '#domain/policy/decision.ts';
import { createOpenApprovals } from '#gateway/routes/approvals/open-approvals.ts';
import { createEndApproval } from '#governance/end-approval.ts';
import { auditEntry } from '#governance/record.ts';
import { newId } from '#platform/new-id.ts';
import { asker, newApproval, newRequest, plannedRequest, website } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

/** Whatever production makes of labelled data carries the highest label of it (spec/enterprise.md §1.5). */

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const label = fc.constantFrom<Classification>(...classifications);
const labels = fc.array(label, { minLength: 1, maxLength: 5 });
const highest = (of: readonly Classification[]) => of.reduce(raisedTo, 'public');
const read = (classification: Classification): DataTouched => ({
  source: 'github',
  itemId: 'acme/website#7',
  classification,
  purpose: 'read',
});
/** Each run writes to the database. */
const few = { numRuns: 15 };

async function labelOfContent(ref: string | null | undefined): Promise<Classification | undefined> {
  const found = await opened.stores.content.getAllLabelled('acme', [ref ?? '']);
  return found.get(ref ?? '')?.classification;
}

async function askedWith(text: string) {
  const { requests } = opened.stores;
  const { request } = await requests.create(asker, newRequest({ text }));
  return request;
}

it('an audit entry, also of a page that is exported: of all that was read', () => {
  fc.assert(
    fc.property(labels, label, (touched, classification) => {
      const facts = { event: 'audit.exported', detail: 'audit log as json', outcome: 'success' } as const;
      const entry = auditEntry(asker, { ...facts, classification, touched: touched.map(read) }, new Date());
      expect(entry.dataClassification).toBe(highest(touched));
    }),
  );
});

it('a result, the answer to a request: of the decision and of all that was read', async () => {
  const { requests } = opened.stores;
  await fc.assert(
    fc.asyncProperty(label, labels, async (classification, touched) => {
      const requestId = await plannedRequest(requests);
      const begun = await requests.beginAction('acme', requestId, 1, website);
      if (begun.status !== 'begun') throw new Error('it has ended');
      const runId = actionRunId(requestId, 1);
      const performed = { kind: 'done', output: ['made of it'], touched: touched.map(read) } as const;
      await endPerformance(
        {
          ...opened.stores,
          now: () => new Date(),
          endApproval: createEndApproval({ ...opened.stores, checkVote: async () => null }),
        },
        {
          run: { sending: 1, runId, onRecord: null, earlier: null },
          actor: asker,
          begun,
          ...actOn(requestId, classification),
        },
        performed,
      );
      const [action] = await requests.actionsOf('acme', requestId);
      const wanted = highest([classification, ...touched]);
      expect(action?.classification).toBe(wanted);
      expect(await labelOfContent(action?.resultRef)).toBe(wanted);
    }),
    few,
  );
});

it('an approval that is shown: of the preview and of the reason', async () => {
  const { requests, approvals, content } = opened.stores;
  const open = createOpenApprovals(opened.stores);
  await fc.assert(
    fc.asyncProperty(label, fc.option(label), async (previewed, reasoned) => {
      const requestId = await plannedRequest(requests);
      const { decision } = actOn(requestId, previewed);
      const { id } = await approvals.open('acme', newApproval(requestId, decision));
      if (reasoned !== null) {
        const owned = { tenantId: 'acme', ownerId: 'acme-lead', classification: reasoned } as const;
        const reasonRef = await content.save({ ...owned, purpose: 'decision_reason', value: 'because' });
        await approvals.close('acme', id, { state: 'rejected', decidedBy: 'acme-lead', reasonRef });
      }
      const stored = await approvals.get('acme', id);
      const [shown] = await open('acme', stored === undefined ? [] : [stored]);
      expect(shown?.classification).toBe(highest([previewed, ...(reasoned === null ? [] : [reasoned])]));
    }),
    few,
  );
});

it('a request and the reply to it: of what its text holds', async () => {
  const { requests } = opened.stores;
  const texts = [
    ['what is new?', 'internal'],
    ['pay DE89 3704 0044 0532 0130 00', 'confidential'],
    ['pay with 4111 1111 1111 1111', 'restricted'],
  ] as const;
  for (const [text, wanted] of texts) {
    const { id, textRef } = await askedWith(text);
    await requests.saveNotUnderstood(asker, id, { planner: 'p', answer: text, suggestions: [] });
    const stored = await requests.get('acme', id);
    expect([await labelOfContent(textRef), await labelOfContent(stored?.answerRef)]).toEqual([
      wanted,
      wanted,
    ]);
  }
});

function actOn(requestId: string, classification: Classification) {
  const decision: Decision = {
    decisionId: newId('decision'),
    verdict: 'allow',
    reason: 'policy allows it',
    rules: [],
    policyApplied: 'pol_1@1',
    classification,
    approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
    digest: 'd'.repeat(64),
    at: new Date().toISOString(),
  };
  const input = {
    actor: asker,
    requestId,
    n: 1,
    sending: 1,
    action: 'github_issue_comment',
    inputRef: '',
    inputDigest: 'i'.repeat(64),
    target: 'acme/website#7',
    origin: 'user',
    approvalExpiresMs: 86_400_000,
  } as const;
  return { decision, input };
}
