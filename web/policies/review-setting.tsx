import { useRef, useState } from 'preact/hooks';
import { getPolicySettings, putPolicySettings } from '#domain/policy/calls.ts';
import { type PolicyChangeReview, policyChangeReviews } from '#domain/policy/impact.ts';
import { useAsked } from '../api/use-asked.ts';
import { SelectField } from '../design/field.tsx';
import { Problem } from '../design/problem.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import type { DeskProps } from '../desk-props.ts';
import { may } from '../session/role-words.ts';
import { recommendedReview, reviewWords } from './review-words.ts';

/** Which changes of policy must be looked at first (`policy_change_review`), and a form to change that. */
export function ReviewSetting({ api, live, who, drafts, announce }: DeskProps) {
  const { answer, failure, again } = useAsked(() => api(getPolicySettings), { about: 'settings', live });
  const [chosen, setChosen] = useState<PolicyChangeReview>();
  const heading = useRef<HTMLHeadingElement>(null);
  const current = answer?.policy_change_review;

  function close(): void {
    setChosen(undefined);
    heading.current?.focus();
  }

  async function change(review: PolicyChangeReview, reason: string): Promise<void> {
    await api(putPolicySettings, { body: { policy_change_review: review, change_reason: reason } });
    announce(reviewWords(review).meaning);
    close();
    again();
  }

  return (
    <section class="panel" aria-labelledby="review-title">
      <h2 id="review-title" ref={heading} tabIndex={-1}>
        Before a change
      </h2>
      {failure && <Problem failure={failure} />}
      {current && (
        <p>
          {reviewWords(current).meaning}{' '}
          <span class="quiet">This page and the command line always show it.</span>
        </p>
      )}
      {current && chosen === undefined && may(who, 'policies.write_enterprise') && (
        <div class="row">
          <button type="button" onClick={() => setChosen(current)}>
            Change this rule
          </button>
        </div>
      )}
      {chosen && (
        <ReasonForm
          title="Which changes have to be looked at first"
          drafts={drafts}
          draft="policy:review"
          doIt="Save"
          notYet={chosen === current ? 'That is how it is now.' : undefined}
          onDone={(reason) => change(chosen, reason)}
          onCancel={close}
        >
          <SelectField
            id="review-which"
            label="These changes"
            value={chosen}
            onValue={(value) => setChosen(policyChangeReviews.find((one) => one === value) ?? chosen)}
            options={policyChangeReviews.map((one) => [one, reviewWords(one).choice])}
          />
          <p class="quiet">
            {reviewWords(chosen).meaning} {chosen === recommendedReview && 'This one is recommended.'}
          </p>
        </ReasonForm>
      )}
    </section>
  );
}
