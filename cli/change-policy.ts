import { getPolicy, listPolicyVersions, postImpact } from '#domain/policy/calls.ts';
import type { ChangedPolicyView, PolicyView } from '#domain/policy/change.schema.ts';
import { diffPolicies } from '#domain/policy/diff.ts';
import type { ImpactQuestion } from '#domain/policy/impact.schema.ts';
import type { Api } from './api.ts';
import type { Context } from './context.ts';
import { Failure } from './failure.ts';
import type { PolicyContent } from './policy-content.ts';
import { impactText } from './text/impact-text.ts';
import { policyDiffText, policyStateText } from './text/policy-text.ts';

type Call = Api['call'];
type Sent = ReturnType<typeof createSent>;

export interface PolicyChanging {
  id: string;
  /** The new content, made from the newest version; `null` = the policy ends. */
  proposed: (newest: PolicyView, call: Call) => Promise<PolicyContent | null>;
  /** The content that holds now, if it is not the newest version. */
  compareWith?: (newest: PolicyView, call: Call) => Promise<PolicyView>;
  /** The question about its impact; `null` = nobody is affected. */
  impact: (newest: PolicyView, content: PolicyContent | null, before: PolicyView) => ImpactQuestion | null;
  question: (newest: PolicyView, before: PolicyView) => string;
  /** Makes the change with its call; `sent` adds to the body what every change states. */
  send: (
    call: Call,
    sent: Sent,
    newest: PolicyView,
    content: PolicyContent | null,
  ) => Promise<ChangedPolicyView>;
  yes: boolean;
}

/** Shows the difference and whom it affects, asks for confirmation, and sends exactly what was shown. */
export async function changePolicy(
  { connect, confirm, output }: Context,
  changing: PolicyChanging,
): Promise<void> {
  const { call } = await connect();
  const newest = await call(getPolicy, { params: { id: changing.id } });
  const before = (await changing.compareWith?.(newest, call)) ?? newest;
  const content = await changing.proposed(newest, call);
  if (content !== null) output.note(policyDiffText(differenceOf(before, content), output.colors));
  const question = changing.impact(newest, content, before);
  const impact =
    question === null ? null : await call(postImpact, { params: { id: newest.id }, body: question });
  if (impact !== null) output.note(impactText(impact, output));
  if (!(await confirm(changing.question(newest, before), { yes: changing.yes }))) {
    throw new Failure('failed', 'not_confirmed', 'Nothing was sent.');
  }
  const changed = await changing.send(call, createSent(newest, impact?.digest), newest, content);
  output.result(changed, () => policyStateText(changed));
}

/** Of every change: the policy, the version that was seen, and the digest of the impact that was shown. */
function createSent({ id, version, status }: PolicyView, digest: string | undefined) {
  const seen = digest === undefined ? {} : { impact_digest: digest };
  return <Body extends object>(body: Body) => ({
    params: { id },
    headers: { 'if-match': `"${version}-${status}"` },
    body: { ...body, ...seen },
  });
}

function differenceOf(before: PolicyView, content: PolicyContent) {
  const { name = before.name, rules = before.rules } = content;
  const mayGrant = content.may_grant === undefined ? before.may_grant : content.may_grant;
  return diffPolicies(
    { name: before.name, rules: before.rules, mayGrant: before.may_grant },
    { name, rules, mayGrant },
  );
}

/** The version in force, or the newest if there is none. */
export async function versionInForce(newest: PolicyView, call: Call): Promise<PolicyView> {
  const { versions } = await call(listPolicyVersions, { params: { id: newest.id } });
  return versions.find(({ status }) => status === 'active') ?? newest;
}
