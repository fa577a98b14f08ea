import { asFailure } from '../api/failure.ts';
import type { Confirmed } from '../api/policy-api.ts';
import type { ImpactQuestion } from '../api/types.ts';
import { useAsked } from '../api/use-asked.ts';
import { Problem } from '../design/problem.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import type { DeskProps } from '../desk-props.ts';
import { Impact } from './impact.tsx';

interface ChangeFormProps extends Pick<DeskProps, 'api' | 'live' | 'drafts'> {
  policyId: string;
  /** The change, as the preview is asked for it. */
  question: ImpactQuestion;
  title: string;
  /** Words of the button that makes the change. */
  doIt: string;
  isDangerous?: boolean;
  /** Makes exactly the change that was looked at. Throws `Failure`. */
  change: (confirmed: Confirmed) => Promise<void>;
  onCancel: () => void;
}

/** A change of what holds: first whom it hits, then why, then yes. The yes carries the digest of what was on the screen. */
export function ChangeForm(props: ChangeFormProps) {
  const { api, live, drafts, policyId, question, title, doIt, isDangerous = false, change, onCancel } = props;
  const about = JSON.stringify([policyId, question]);
  const impact = useAsked(() => api.policies.impact(policyId, question), { about, live });
  const seen = impact.failure === undefined && !impact.asking ? impact.answer : undefined;

  async function confirm(reason: string): Promise<void> {
    if (seen === undefined) return;
    try {
      await change({ change_reason: reason, impact_digest: seen.digest });
    } catch (thrown) {
      // What was on the screen holds no longer: it is looked at anew, and confirmed anew.
      if (asFailure(thrown).code === 'POLICY_IMPACT_CHANGED') impact.again();
      throw thrown;
    }
  }

  return (
    <ReasonForm
      draft={`policy:${about}`}
      title={title}
      drafts={drafts}
      doIt={doIt}
      isDangerous={isDangerous}
      notYet={seen === undefined ? notYet(impact.asking) : undefined}
      onDone={confirm}
      onCancel={onCancel}
    >
      {impact.asking && <p class="quiet">Deciding again what was decided in the last 30 days…</p>}
      {impact.failure && (
        <>
          <Problem failure={impact.failure} about="Nobody knows yet whom it hits" />
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

function notYet(asking: boolean): string {
  return asking ? 'Looking whom it hits…' : 'Not before it is known whom it hits.';
}
