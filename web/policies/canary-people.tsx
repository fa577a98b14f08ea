import type { PolicyView } from '#domain/policy/change.schema.ts';
import type { PolicyWork } from './policy-work-form.tsx';

interface CanaryPeopleProps {
  /** The version that a few people have first. */
  version: PolicyView['version'];
  userIds: readonly string[];
  /** Is something else under way? */
  isBusy: boolean;
  onWork: (work: PolicyWork) => void;
}

/** Who has a draft first, for those who may change the policy, and the ways on from there. */
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
