import { useState } from 'preact/hooks';
import type { PolicyUpdate, PolicyView } from '#domain/policy/change.schema.ts';
import { Failure } from '../api/failure.ts';
import { type FieldProblem, fieldProblems } from '../api/field-problems.ts';
import { CodeField } from '../design/field.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import type { DeskProps } from '../desk-props.ts';
import { useDraft } from '../session/use-draft.ts';
import { contentIn, contentText } from './content-text.ts';

interface PolicyEditorProps extends Pick<DeskProps, 'drafts'> {
  policy: PolicyView;
  /** Name of the draft in which text and reason are kept. */
  draft: string;
  /** Throws `Failure`. */
  save: (body: PolicyUpdate) => Promise<void>;
  onCancel: () => void;
}

/** Edits a new draft of a policy, as JSON. It applies to nobody until it is put in force. */
export function PolicyEditor({ policy, draft, save, drafts, onCancel }: PolicyEditorProps) {
  const [kept, setKept] = useDraft(drafts, `${draft}:text`);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const text = kept === '' ? contentText(policy) : kept;

  async function send(reason: string): Promise<void> {
    const read = contentIn(text);
    setProblems('problem' in read ? [{ field: '', problem: read.problem }] : []);
    if ('problem' in read) throw new Failure({ status: 0, code: 'INVALID_REQUEST', message: read.problem });
    try {
      await save({ ...read.content, status: 'draft', change_reason: reason });
      setKept('');
    } catch (thrown) {
      if (thrown instanceof Failure) setProblems(fieldProblems(thrown.detail));
      throw thrown;
    }
  }

  function cancel(): void {
    setKept('');
    onCancel();
  }

  return (
    <ReasonForm
      draft={draft}
      title={`Edit version ${policy.version}`}
      drafts={drafts}
      doIt="Save as draft"
      onDone={send}
      onCancel={cancel}
    >
      <CodeField
        id="policy-text"
        label="Content as JSON"
        hint="name, rules, and may_grant: what levels below may set at most; null is the rules themselves. A draft holds for nobody."
        rows={Math.min(30, Math.max(10, text.split('\n').length + 1))}
        text={text}
        onText={setKept}
        problems={problems}
      />
    </ReasonForm>
  );
}
