import type { PolicyView } from '#domain/policy/change.schema.ts';
import type { PolicyWork } from './policy-work-form.tsx';

interface CanaryPeopleProps {
  /** The version that is a canary. */
  version: PolicyView['version'];
  userIds: readonly string[];
  /** Is something else under way? */
  isBusy: boolean;
  onWork: (work: PolicyWork) => void;
}

/** The people of a canary, for those who may change the policy, and what can be done with it. */
export function CanaryPeople({ version, userIds, isBusy, onWork }: CanaryPeopleProps) {
  return (
    <section class="panel" aria-labelledby="canary-title">
      <h2 id="canary-title">A few people first</h2>
      <p>
        Version {version} holds for them, in place of what is in force. Putting it in force gives it to
        everybody.
      </p>
      <ul class="names" aria-label="Who has it first">
        {userIds.map((id) => (
          <li key={id}>
            <code>{id}</code>
          </li>
        ))}
      </ul>
      {!isBusy && (
        <div class="row">
          <button type="button" onClick={() => onWork({ kind: 'canary', version })}>
            Change the people
          </button>
          <button type="button" class="danger" onClick={() => onWork({ kind: 'end_canary', version })}>
            End the try-out
          </button>
        </div>
      )}
    </section>
  );
}
