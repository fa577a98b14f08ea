import { activatePolicy, deleteCanary, deletePolicy, rollbackPolicy } from '#domain/policy/calls.ts';
import type { ChangedPolicyView } from '#domain/policy/change.schema.ts';
import type { ImpactQuestion } from '#domain/policy/impact.schema.ts';
import type { Api } from '../api/call-api.ts';
import type { Confirmed } from './change-form.tsx';

interface ChangeAt {
  api: Api;
  /** The policy, and the newest version of it that its author saw. */
  at: { params: { id: string }; headers: { 'if-match': string } };
  /** The version that it is about. */
  version: number;
  /** The version that would come next. */
  next: number;
}

/** A change of what holds: as its impact is asked for, in words, and as it is made. */
interface PolicyChange {
  question: ImpactQuestion;
  title: string;
  /** Words of the button that makes it. */
  doIt: string;
  isDangerous?: boolean;
  change: (confirmed: Confirmed) => Promise<ChangedPolicyView>;
}

/** Changes that need nothing said beside the reason. */
export const policyChanges = {
  activate: ({ api, at, version }) => ({
    question: { version },
    title: `Put version ${version} in force`,
    doIt: `Put version ${version} in force`,
    change: (confirmed) => api(activatePolicy, { ...at, body: { ...confirmed, version } }),
  }),
  rollback: ({ api, at, version, next }) => ({
    question: { to_version: version },
    title: `Go back to version ${version}`,
    doIt: `Make version ${next} of it`,
    change: (confirmed) => api(rollbackPolicy, { ...at, body: { ...confirmed, to_version: version } }),
  }),
  end_canary: ({ api, at, version }) => ({
    question: { end_canary: true },
    title: `End the try-out of version ${version}`,
    doIt: 'It holds for nobody any more',
    change: (confirmed) => api(deleteCanary, { ...at, body: confirmed }),
  }),
  end: ({ api, at }) => ({
    question: { deprecate: true },
    title: 'End this policy',
    doIt: 'End it for good',
    isDangerous: true,
    change: (confirmed) => api(deletePolicy, { ...at, body: confirmed }),
  }),
} satisfies Record<string, (given: ChangeAt) => PolicyChange>;
