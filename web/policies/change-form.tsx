import type { ComponentChildren } from 'preact';
import { postImpact } from '#domain/policy/calls.ts';
import type { ImpactQuestion } from '#domain/policy/impact.schema.ts';
import { asFailure, Failure } from '../api/failure.ts';
import { useAsked } from '../api/use-asked.ts';
import { Problem } from '../design/problem.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import type { DeskProps } from '../desk-props.ts';
import { Impact } from './impact.tsx';

/** What is recorded with a change: why, and the impact that its author has seen. */
export interface Confirmed {
  change_reason: string;
  impact_digest: string;
}

interface ChangeFormProps extends Pick<DeskProps, 'api' | 'live' | 'drafts'> {
  policyId: string;
  /** The change as its preview is requested; `undefined` while it is incomplete. */
  question: ImpactQuestion | undefined;
  /** Name of the draft in which the reason is kept. */
  draft: string;
  title: string;
  /** Label of the button that makes the change. */
  doIt: string;
  isDangerous?: boolean;
  /** Fields that complete the change. */
  children?: ComponentChildren;
  /** Makes exactly the change that was looked at. Throws `Failure`. */
  change: (confirmed: Confirmed) => Promise<void>;
  onCancel: () => void;
}

/**
 * A change of policy: first whom it affects, then why, then yes. The yes carries the digest of what was on the screen.
 */
export function ChangeForm(props: ChangeFormProps) {
  const { api, live, drafts, policyId, question = {}, draft, title, doIt, isDangerous = false } = props;
  const { children, change, onCancel } = props;
  const isSettled = props.question !== undefined;
  const about = JSON.stringify([policyId, question]);
  const impact = useAsked(() => api(postImpact, { params: { id: policyId }, body: question }), {
    about,
    live: live && isSettled,
  });
  const asking = isSettled && impact.asking;
  const failure = isSettled ? impact.failure : undefined;
  const seen = isSettled && failure === undefined && !asking ? impact.answer : undefined;

  async function confirm(reason: string): Promise<void> {
    if (seen === undefined) return;
    try {
      await change({ change_reason: reason, impact_digest: seen.digest });
    } catch (thrown) {
      throw lookAgainAfter(asFailure(thrown));
    }
  }

  /** What was on the screen is no longer true: it is looked at again, and confirmed again. */
  function lookAgainAfter(refused: Failure): Failure {
    if (!saysImpact.has(refused.code)) return refused;
    impact.again();
    const { status, code, message } = refused;
    // Its detail repeats the digest and numbers that appear above.
    return new Failure({ status, code, message });
  }

  return (
    <ReasonForm
      draft={draft}
      title={title}
      drafts={drafts}
      doIt={doIt}
      isDangerous={isDangerous}
      notYet={seen === undefined ? notYet(isSettled, asking) : undefined}
      onDone={confirm}
      onCancel={onCancel}
    >
      {children}
      {asking && <p class="quiet">Deciding again what was decided in the last 30 days…</p>}
      {failure && (
        <>
          <Problem failure={failure} about="Nobody knows yet whom it hits" />
          <p>
            <button type="button" onClick={impact.again}>
              Look again
            </button>
          </p>
        </>
      )}
      {seen && <Impact impact={seen} />}
    </ReasonForm>
  );
}

const saysImpact: ReadonlySet<string> = new Set(['POLICY_IMPACT_CHANGED', 'POLICY_IMPACT_REVIEW_REQUIRED']);

function notYet(isSettled: boolean, asking: boolean): string {
  if (!isSettled) return 'Not before it was shown whom it hits.';
  return asking ? 'Looking whom it hits…' : 'Not before it is known whom it hits.';
}
