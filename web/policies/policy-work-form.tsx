import { postCanary, putPolicy } from '#domain/policy/calls.ts';
import type { PolicyUpdate, PolicyView } from '#domain/policy/change.schema.ts';
import type { CanaryView } from '#domain/policy/impact.schema.ts';
import { Failure } from '../api/failure.ts';
import type { DeskProps } from '../desk-props.ts';
import { CanaryForm } from './canary-form.tsx';
import { ChangeForm } from './change-form.tsx';
import { policyChanges } from './policy-changes.ts';
import { PolicyEditor } from './policy-editor.tsx';

/** What the person is about to do with a policy. */
export type PolicyWork =
  | { kind: 'edit'; version: number }
  | { kind: 'activate'; version: number }
  | { kind: 'rollback'; version: number }
  | { kind: 'canary'; version: number }
  | { kind: 'end_canary'; version: number }
  | { kind: 'end' };

interface PolicyWorkFormProps extends Pick<DeskProps, 'api' | 'live' | 'drafts'> {
  work: PolicyWork;
  /** The version on the screen. */
  policy: PolicyView;
  newest: PolicyView;
  /** The people of the canary; `undefined` if there is none, or it isn't told. */
  canary: CanaryView | undefined;
  /** Tag of the newest version: a change names it, so that no other change is overwritten unseen. */
  etag: string;
  onDone: (current: PolicyView) => void;
  /** Somebody was faster: what is on the screen is out of date. */
  onStale: () => void;
  onCancel: () => void;
}

/** Edit, put in force, go back, start a canary or end: all but the first show their impact before. */
export function PolicyWorkForm({
  work,
  policy,
  newest,
  canary,
  etag,
  onDone,
  onStale,
  ...desk
}: PolicyWorkFormProps) {
  const { api } = desk;
  const { id } = policy;
  // Keyed by what was begun: nothing typed is lost when another version appears meanwhile.
  const draft = `policy:${id}:${work.kind}:${work.kind === 'end' ? '' : work.version}`;
  const given = { ...desk, policyId: id, draft };
  const at = { params: { id }, headers: { 'if-match': etag } };

  async function make(change: () => Promise<PolicyView>): Promise<void> {
    try {
      onDone(await change());
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'POLICY_CHANGED') onStale();
      throw thrown;
    }
  }

  if (work.kind === 'edit') {
    const save = (body: PolicyUpdate) => make(() => api(putPolicy, { ...at, body }));
    return <PolicyEditor {...desk} draft={draft} policy={newest} save={save} />;
  }
  if (work.kind === 'canary') {
    const { version } = work;
    return (
      <CanaryForm
        {...given}
        version={version}
        userIds={canary?.version === version ? canary.user_ids : []}
        start={(user_ids, confirmed) =>
          make(() => api(postCanary, { ...at, body: { ...confirmed, version, user_ids } }))
        }
      />
    );
  }
  const version = work.kind === 'end' ? newest.version : work.version;
  const { change, ...asked } = policyChanges[work.kind]({ api, at, version, next: newest.version + 1 });
  return <ChangeForm {...given} {...asked} change={(confirmed) => make(() => change(confirmed))} />;
}
