import { Failure } from '../api/failure.ts';
import type { PolicyView } from '../api/types.ts';
import type { DeskProps } from '../desk-props.ts';
import { ChangeForm } from './change-form.tsx';
import { PolicyEditor } from './policy-editor.tsx';

/** What somebody is about to do with a policy. */
export type PolicyWork =
  | { kind: 'edit'; version: number }
  | { kind: 'activate'; version: number }
  | { kind: 'rollback'; version: number }
  | { kind: 'end' };

interface PolicyWorkFormProps extends Pick<DeskProps, 'api' | 'live' | 'drafts'> {
  work: PolicyWork;
  /** The version on the screen. */
  policy: PolicyView;
  newest: PolicyView;
  /** Of the newest version: a change names it, so that nobody's is overwritten unseen. */
  etag: string;
  onDone: (now: PolicyView) => void;
  /** Somebody was faster: what is on the screen is old. */
  onStale: () => void;
  onCancel: () => void;
}

/** Edit, put in force, go back or end: all but the first show their impact before. */
export function PolicyWorkForm({
  work,
  policy,
  newest,
  etag,
  onDone,
  onStale,
  ...desk
}: PolicyWorkFormProps) {
  const { api } = desk;
  const { id } = policy;
  const given = { ...desk, policyId: id };

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
