import type { z } from 'zod';
import { diffPolicies } from '#domain/policy/diff.ts';
import type { impactQuestion } from '#domain/policy/impact.schema.ts';
import type { ApiClient, ChangedPolicyView, PolicyView } from './api-client.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import type { PolicyContent } from './policy-content.ts';
import { impactText } from './text/impact-text.ts';
import { policyDiffText, policyStateText } from './text/policy-text.ts';

interface PolicyChanging {
  id: string;
  /** What is to hold, made up from the newest version; `null` = nothing any more. */
  proposed: (newest: PolicyView, api: ApiClient) => Promise<PolicyContent | null>;
  /** What holds now, where that isn't the newest version. */
  compareWith?: (newest: PolicyView, api: ApiClient) => Promise<PolicyView>;
  /** What is asked of its impact; `null` = nobody notices it. */
  impact: (
    newest: PolicyView,
    content: PolicyContent | null,
    before: PolicyView,
  ) => z.input<typeof impactQuestion> | null;
  question: (newest: PolicyView, before: PolicyView) => string;
  send: (
    api: ApiClient,
    newest: PolicyView,
    ifMatch: string,
    content: PolicyContent | null,
    /** Of the impact that was shown. */
    digest: { impact_digest?: string },
  ) => Promise<ChangedPolicyView>;
  yes: boolean;
}

/** Shows what would be different and whom it hits, asks, and sends exactly what was shown. */
export async function changePolicy(
  { connect, confirm, output }: Context,
  changing: PolicyChanging,
): Promise<void> {
  const { api } = await connect();
  const newest = await api.policy(changing.id);
  const before = (await changing.compareWith?.(newest, api)) ?? newest;
  const content = await changing.proposed(newest, api);
  if (content !== null) output.note(policyDiffText(differenceOf(before, content), output.colors));
  const question = changing.impact(newest, content, before);
  const impact = question === null ? null : await api.policyImpact(newest.id, question);
  if (impact !== null) output.note(impactText(impact, output));
  if (!(await confirm(changing.question(newest, before), { yes: changing.yes }))) {
    throw new Failure('failed', 'not_confirmed', 'Nothing was sent.');
  }
  const digest = impact === null ? {} : { impact_digest: impact.digest };
  const changed = await changing.send(api, newest, `"${newest.version}-${newest.status}"`, content, digest);
  output.result(changed, () => policyStateText(changed));
}

function differenceOf(before: PolicyView, content: PolicyContent) {
  const { name = before.name, rules = before.rules } = content;
  const mayGrant = content.may_grant === undefined ? before.may_grant : content.may_grant;
  return diffPolicies(
    { name: before.name, rules: before.rules, mayGrant: before.may_grant },
    { name, rules, mayGrant },
  );
}

/** The version in force; the newest where none is. */
export async function versionInForce(newest: PolicyView, api: ApiClient): Promise<PolicyView> {
  const { versions } = await api.policyVersions(newest.id);
  return versions.find(({ status }) => status === 'active') ?? newest;
}
