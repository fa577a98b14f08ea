import { Failure } from '../api/failure.ts';
import type { PolicyCanary, PolicyView } from '../api/types.ts';
import type { DeskProps } from '../desk-props.ts';
import { CanaryForm } from './canary-form.tsx';
import { ChangeForm } from './change-form.tsx';
import { PolicyEditor } from './policy-editor.tsx';

/** What somebody is about to do with a policy. */
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
  /** Who has a draft first; `undefined` where nobody has, or it isn't told. */
  canary: PolicyCanary | undefined;
  /** Of the newest version: a change names it, so that nobody's is overwritten unseen. */
  etag: string;
  onDone: (now: PolicyView) => void;
  /** Somebody was faster: what is on the screen is old. */
  onStale: () => void;
  onCancel: () => void;
}

/** Edit, put in force, go back, try out or end: all but the first show their impact before. */
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
  // By what was begun: nothing typed is lost when another version comes up meanwhile.
  const draft = `policy:${id}:${work.kind}:${work.kind === 'end' ? '' : work.version}`;
  const given = { ...desk, policyId: id, draft };

  async function make(change: () => Promise<PolicyView>): Promise<void> {
    try {
      onDone(await change());
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'POLICY_CHANGED') onStale();
      throw thrown;
    }
  }

  switch (work.kind) {
    case 'edit':
      return (
        <PolicyEditor
          {...desk}
          draft={draft}
          policy={newest}
          save={(body) => make(() => api.policies.update(id, body, etag))}
        />
      );
    case 'activate':
      return (
        <ChangeForm
          {...given}
          question={{ version: work.version }}
          title={`Put version ${work.version} in force`}
          doIt={`Put version ${work.version} in force`}
          change={(confirmed) =>
            make(() => api.policies.activate(id, { ...confirmed, version: work.version }, etag))
          }
        />
      );
    case 'rollback':
      return (
        <ChangeForm
          {...given}
          question={{ to_version: work.version }}
          title={`Go back to version ${work.version}`}
          doIt={`Make version ${newest.version + 1} of it`}
          change={(confirmed) =>
            make(() => api.policies.rollback(id, { ...confirmed, to_version: work.version }, etag))
          }
        />
      );
    case 'canary':
      return (
        <CanaryForm
          {...given}
          version={work.version}
          userIds={canary?.version === work.version ? canary.user_ids : []}
          start={(user_ids, confirmed) =>
            make(() => api.policies.startCanary(id, { ...confirmed, version: work.version, user_ids }, etag))
          }
        />
      );
    case 'end_canary':
      return (
        <ChangeForm
          {...given}
          question={{ end_canary: true }}
          title={`End the try-out of version ${work.version}`}
          doIt="It holds for nobody any more"
          change={(confirmed) => make(() => api.policies.endCanary(id, confirmed, etag))}
        />
      );
    case 'end':
      return (
        <ChangeForm
          {...given}
          question={{ deprecate: true }}
          title="End this policy"
          doIt="End it for good"
          isDangerous
          change={(confirmed) => make(() => api.policies.deprecate(id, confirmed, etag))}
        />
      );
  }
}
