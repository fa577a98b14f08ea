import type { ImpactView } from '#domain/policy/impact.schema.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from './api.ts';
import { check, type Steps } from './steps.ts';

interface PolicyStoryOptions {
  steps: Steps;
  lead: Api;
  admin: Api;
}

interface PolicyAnswer {
  id: string;
  version: number;
  status: string;
}

/** A policy of an org for actions that says no more than the enterprise's own. */
const harmless = { default_autonomy: 'approve' };
const blocking = { ...harmless, action_overrides: { github_issue_read: 'block' } };

/**
 * Shows that a change of policy tells whom it will affect before it takes effect, takes effect at once, and can be
 * undone.
 */
export async function playPolicyStory({ steps, lead, admin }: PolicyStoryOptions): Promise<void> {
  const ask = async () => {
    const { body } = await lead.post<RequestView>('/requests', {
      text: 'list the open issues of acme/website',
    });
    return { state: body.state, action: body.actions[0] };
  };

  const before = await steps.step('The lead reads the open issues: policy allows it', async (say) => {
    const policy = await harmlessPolicy(admin);
    const { state, action } = await ask();
    check(state === 'answered', `the request ended ${state}`);
    say(`${action?.action} ran under ${action?.policy_applied}`);
    return policy;
  });

  const draft = await steps.step('An admin drafts a policy that would block that', async (say) => {
    const { status, body } = await admin.put<PolicyAnswer>(`/policies/${before.id}`, {
      status: 'draft',
      rules: blocking,
      change_reason: 'Demo: engineering may no longer read issues',
    });
    check(status === 200 && body.status === 'draft', `expected a draft, got ${status} ${body.status}`);
    const { state } = await ask();
    check(state === 'answered', `a draft had an effect: the request ended ${state}`);
    say(`${body.id} version ${body.version} is a draft, so nothing changes yet`);
    return body;
  });

  const impact = await steps.step('Before it is live, its impact is shown', async (say) => {
    const { status, body } = await admin.post<ImpactView>(`/policies/${draft.id}/impact`, {
      version: draft.version,
    });
    check(status === 200, `expected 200, got ${status}`);
    const hit = body.changes.filter(
      ({ kind, action }) => kind === 'newly_blocked' && action === 'github_issue_read',
    );
    check(
      hit.some(({ person }) => person.user_id === 'acme-lead'),
      'the lead is not among those whom the policy would block',
    );
    say(`of ${body.window.decisions} recorded decisions, for ${body.summary.newly_blocked.people} people:`);
    for (const { person, action, decisions } of hit) {
      say(`${person.name ?? person.subject}: ${action} newly blocked, ${decisions} times`);
    }
    return body;
  });

  await steps.step('It is activated; the next request is denied, by that policy', async (say) => {
    const { status, body } = await admin.post<PolicyAnswer>(`/policies/${draft.id}/activate`, {
      version: draft.version,
      change_reason: 'Demo: the impact is what we want',
      impact_digest: impact.digest,
    });
    check(status === 200 && body.status === 'active', `expected it active, got ${status} ${body.status}`);
    const { state, action } = await ask();
    check(state === 'denied', `the request ended ${state}`);
    const named = `${draft.id}@${draft.version}`;
    check(action?.policy_applied?.includes(named) === true, `the denial does not name ${named}`);
    say(`${action.reason}`);
    say(`policy: ${action.policy_applied}`);
  });

  await steps.step('The policy is rolled back; the lead may read again', async (say) => {
    const { status, body } = await admin.post<PolicyAnswer>(`/policies/${before.id}/rollback`, {
      to_version: before.version,
      change_reason: 'Demo: that was too much',
    });
    check(status === 200 && body.status === 'active', `expected it active, got ${status} ${body.status}`);
    const { state } = await ask();
    check(state === 'answered', `the request ended ${state}`);
    say(`version ${body.version} has the content of version ${before.version}; the request was answered`);
  });
}

/** The policy that the story changes, harmless at first; one from an earlier run is used again. */
async function harmlessPolicy(admin: Api): Promise<PolicyAnswer> {
  const change_reason = 'Demo: before the story';
  const { body: known } = await admin.get<{ policies: PolicyAnswer[] }>(
    '/policies?domain=actions&scope_level=org&org_unit=engineering&status=active',
  );
  const [policy] = known.policies;
  const { status, body } =
    policy === undefined
      ? await admin.post<PolicyAnswer>('/policies', {
          name: 'Engineering actions',
          domain: 'actions',
          scope: { level: 'org', org_unit: 'engineering' },
          status: 'active',
          rules: harmless,
          change_reason,
        })
      : await admin.put<PolicyAnswer>(`/policies/${policy.id}`, {
          status: 'active',
          rules: harmless,
          change_reason,
        });
  check(status < 300 && body.status === 'active', `no policy to begin with: ${status} ${body.status}`);
  return body;
}
