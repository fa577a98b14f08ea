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
  onCancel: () => void;
}

/** Edit, put in force, go back or end: all but the first show their impact before. */
export function PolicyWorkForm({ work, policy, newest, etag, onDone, ...desk }: PolicyWorkFormProps) {
  const { api } = desk;
  const { id } = policy;
  const given = { ...desk, policyId: id };
  switch (work.kind) {
    case 'edit':
      return <PolicyEditor {...desk} policy={newest} etag={etag} onSaved={onDone} />;
    case 'activate':
      return (
        <ChangeForm
          {...given}
          question={{ version: work.version }}
          title={`Put version ${work.version} in force`}
          doIt={`Put version ${work.version} in force`}
          change={async (confirmed) =>
            onDone(await api.policies.activate(id, { ...confirmed, version: work.version }, etag))
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
          change={async (confirmed) =>
            onDone(await api.policies.rollback(id, { ...confirmed, to_version: work.version }, etag))
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
          change={async (confirmed) => onDone(await api.policies.deprecate(id, confirmed, etag))}
        />
      );
  }
}
