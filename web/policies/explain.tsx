import { useState } from 'preact/hooks';
import { classifications } from '#domain/classification/classification.ts';
import { postEvaluate } from '#domain/policy/calls.ts';
import type { PolicyEvaluation } from '#domain/policy/explain.schema.ts';
import { fieldProblems, problemsOf } from '../api/field-problems.ts';
import { SelectField, TextField } from '../design/field.tsx';
import { SendForm } from '../design/send-form.tsx';
import { useSending } from '../design/use-sending.ts';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { reachesOthers } from '../session/role-words.ts';
import { useDraft } from '../session/use-draft.ts';
import { evaluationWords } from './evaluation-words.ts';
import { Explanation } from './explanation.tsx';

const labels = classifications.map(
  (label) => [label, label.charAt(0).toUpperCase() + label.slice(1)] as const,
);

/** What policy would say about an action, and because of which rule. Nothing is done. */
export function Explain({ api, who, drafts, announce }: DeskProps) {
  const [action, setAction] = useDraft(drafts, 'explain:action');
  const [label, setLabel] = useState<string>('internal');
  const [person, setPerson] = useState('');
  const [answer, setAnswer] = useState<PolicyEvaluation>();
  const asking = useSending();
  const problems = fieldProblems(asking.failure?.detail);

  async function ask(): Promise<void> {
    setAnswer(undefined);
    const user = person.trim();
    const current = await api(postEvaluate, {
      body: {
        ...(user === '' ? {} : { user_id: user }),
        action: action.trim(),
        context: { data_classification: label },
      },
    });
    setAnswer(current);
    announce(evaluationWords(current.decision).word);
  }

  return (
    <section class="column" aria-labelledby="page-title">
      <p class="small">
        <a href={hashOf({ page: 'policies' })}>Policies</a>
      </p>
      <h1 id="page-title" tabIndex={-1}>
        Explain a decision
      </h1>
      <SendForm
        {...asking}
        label="Question"
        isPanel
        doIt="Explain"
        note="Nothing is done, and no decision goes on record."
        underWay="Asking…"
        onSend={ask}
      >
        <div class="fields">
          <TextField
            id="explain-action"
            label="Action"
            hint="Its id, as policies and audit entries name it."
            text={action}
            onText={setAction}
            problems={problemsOf(problems, 'action')}
          />
          <SelectField
            id="explain-label"
            label="Label of the data"
            value={label}
            onValue={setLabel}
            options={labels}
          />
          {reachesOthers(who, 'policies.evaluate') && (
            <TextField
              id="explain-person"
              label="Person (id)"
              hint="Empty: you."
              text={person}
              onText={setPerson}
              problems={problemsOf(problems, 'user_id')}
            />
          )}
        </div>
      </SendForm>
      {answer && <Explanation answer={answer} />}
    </section>
  );
}
