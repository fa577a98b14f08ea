import { useState } from 'preact/hooks';
import { CodeField } from '../design/field.tsx';
import { wordsIn } from '../design/words-in.ts';
import type { DeskProps } from '../desk-props.ts';
import { useDraft } from '../session/use-draft.ts';
import { ChangeForm, type Confirmed } from './change-form.tsx';

interface CanaryFormProps extends Pick<DeskProps, 'api' | 'live' | 'drafts'> {
  policyId: string;
  version: number;
  /** The people who have it now. */
  userIds: readonly string[];
  draft: string;
  /** Throws `Failure`. */
  start: (userIds: string[], confirmed: Confirmed) => Promise<void>;
  onCancel: () => void;
}

/**
 * Starts a canary: who, then whom among them it affects, then why. After a change of people, the impact is looked at
 * again.
 */
export function CanaryForm({ version, userIds, draft, start, ...given }: CanaryFormProps) {
  const peopleDraft = `${draft}:people`;
  const [text, setText] = useDraft(given.drafts, peopleDraft, userIds.join('\n'));
  const [lookedAt, setLookedAt] = useState<string>();
  const [missing, setMissing] = useState(false);
  const people = wordsIn(text);
  const isLookedAt = lookedAt === people.join(' ');

  function look(): void {
    setMissing(people.length === 0);
    if (people.length > 0) setLookedAt(people.join(' '));
  }

  return (
    <ChangeForm
      {...given}
      draft={draft}
      question={isLookedAt ? { version, user_ids: people } : undefined}
      title={`Try version ${version} with a few people`}
      doIt="Let it hold for them"
      change={async (confirmed) => {
        await start(people, confirmed);
        given.drafts.write(peopleDraft, '');
      }}
    >
      <p>It holds for them at once, in place of what is in force. For everybody else nothing changes.</p>
      <CodeField
        id="canary-people"
        label="People (ids)"
        hint="Up to 100, with commas or new lines between them."
        rows={3}
        text={text}
        onText={setText}
        problems={missing && people.length === 0 ? [{ field: '', problem: 'Name at least one person.' }] : []}
      />
      <p>
        <button type="button" aria-disabled={isLookedAt} onClick={look}>
          Show whom it hits
        </button>
      </p>
    </ChangeForm>
  );
}
