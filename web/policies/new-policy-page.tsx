import { useState } from 'preact/hooks';
import { postPolicy } from '#domain/policy/calls.ts';
import type { NewPolicy } from '#domain/policy/change.schema.ts';
import { type PolicyLevel, policyLevels } from '#domain/policy/policy.ts';
import { type GovernedDomain, governedDomains } from '#domain/policy/rules.ts';
import { Failure } from '../api/failure.ts';
import { type FieldProblem, fieldProblems, problemsOf } from '../api/field-problems.ts';
import { CodeField, SelectField, TextField } from '../design/field.tsx';
import { ReasonForm } from '../design/reason-form.tsx';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { useDraft } from '../session/use-draft.ts';
import { objectIn } from './content-text.ts';
import { mayChange } from './may-change.ts';
import { newPolicyRules } from './new-policy-rules.ts';
import { domainWords, levelWord } from './policy-words.ts';

/** Creates a policy, as a draft; what it would change is shown before it is put in force. */
export function NewPolicyPage({ api, who, drafts, announce }: DeskProps) {
  const [name, setName] = useDraft(drafts, 'policy:new:name');
  const [domain, setDomain] = useState<GovernedDomain>('actions');
  const levels = policyLevels.filter((one) => mayChange(who, placeAt(one, who)));
  const [level, setLevel] = useState<PolicyLevel>(levels[0] ?? 'user');
  const [orgUnit, setOrgUnit] = useState(who.orgUnit);
  const [userId, setUserId] = useState(who.userId);
  const [kept, setKept] = useDraft(drafts, `policy:new:rules:${domain}`);
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const text = kept === '' ? JSON.stringify(newPolicyRules(domain), null, 2) : kept;

  async function create(reason: string): Promise<void> {
    const read = objectIn(text);
    setProblems('problem' in read ? [{ field: 'rules', problem: read.problem }] : []);
    if ('problem' in read) throw new Failure({ status: 0, code: 'INVALID_REQUEST', message: read.problem });
    try {
      const scope = scopeOf(level, orgUnit.trim(), userId.trim());
      const body: NewPolicy = { name, domain, scope, rules: read.object, change_reason: reason };
      const made = await api(postPolicy, { body });
      for (const clear of [setName, setKept]) clear('');
      announce(`${made.name} is a draft.`);
      location.hash = hashOf({ page: 'policy', id: made.id });
    } catch (thrown) {
      if (thrown instanceof Failure) setProblems(fieldProblems(thrown.detail));
      throw thrown;
    }
  }

  return (
    <section class="column" aria-labelledby="page-title">
      <p class="small">
        <a href={hashOf({ page: 'policies' })}>Policies</a>
      </p>
      <h1 id="page-title" tabIndex={-1}>
        New policy
      </h1>
      <ReasonForm
        title="New policy"
        cameUp={false}
        drafts={drafts}
        draft="policy:new:reason"
        doIt="Save as draft"
        onDone={create}
        onCancel={() => {
          location.hash = hashOf({ page: 'policies' });
        }}
      >
        <TextField
          id="policy-name"
          label="Name"
          text={name}
          onText={setName}
          problems={problemsOf(problems, 'name')}
        />
        <div class="fields">
          <SelectField
            id="policy-domain"
            label="About"
            value={domain}
            onValue={(value) => setDomain(governedDomains.find((one) => one === value) ?? domain)}
            options={governedDomains.map((one) => [one, domainWords(one).word])}
            problems={problemsOf(problems, 'domain')}
          />
          <SelectField
            id="policy-level"
            label="Holds for"
            value={level}
            onValue={(value) => setLevel(policyLevels.find((one) => one === value) ?? level)}
            options={levels.map((one) => [one, levelWord(one)])}
            problems={problemsOf(problems, 'scope.level')}
          />
          {(level === 'org' || level === 'team') && (
            <TextField
              id="policy-unit"
              label="Org unit"
              text={orgUnit}
              onText={setOrgUnit}
              problems={problemsOf(problems, 'scope.org_unit')}
            />
          )}
          {level === 'user' && (
            <TextField
              id="policy-person"
              label="Person (id)"
              text={userId}
              onText={setUserId}
              problems={problemsOf(problems, 'scope.user_id')}
            />
          )}
        </div>
        <CodeField
          id="policy-rules"
          label="Rules as JSON"
          hint={`${domainWords(domain).about} A draft holds for nobody until it is put in force.`}
          rows={10}
          text={text}
          onText={setKept}
          problems={problemsOf(problems, 'rules')}
        />
      </ReasonForm>
    </section>
  );
}

function placeAt(level: PolicyLevel, { orgUnit, userId }: DeskProps['who']) {
  return {
    level,
    org_unit: level === 'enterprise' ? null : orgUnit,
    user_id: level === 'user' ? userId : null,
  };
}

function scopeOf(level: PolicyLevel, orgUnit: string, userId: string): NewPolicy['scope'] {
  if (level === 'enterprise') return { level };
  return level === 'user' ? { level, user_id: userId } : { level, org_unit: orgUnit };
}
