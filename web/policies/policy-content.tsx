import type { PolicyView } from '#domain/policy/change.schema.ts';
import { PlainBlock } from '../design/plain-block.tsx';
import { type Reading, type RuleReading, readRules } from './rule-words.ts';

/** The content of a version in words, with the exact JSON below. */
export function PolicyContent({ policy }: { policy: Pick<PolicyView, 'name' | 'rules' | 'may_grant'> }) {
  const { name, rules, may_grant } = policy;
  const said = readRules(rules);
  return (
    <>
      <h2>What it says</h2>
      {said.length === 0 ? <p class="quiet">It says nothing.</p> : <RuleList rules={said} />}
      {may_grant !== null && (
        <>
          <h3>Levels below may set, at most</h3>
          <RuleList rules={readRules(may_grant)} />
        </>
      )}
      <p class="small quiet">
        What is not said here is left to the other levels. No level goes beyond what those above grant.
      </p>
      <details>
        <summary>As JSON</summary>
        <PlainBlock label="The policy as JSON" text={JSON.stringify({ name, rules, may_grant }, null, 2)} />
      </details>
    </>
  );
}

function RuleList({ rules }: { rules: readonly RuleReading[] }) {
  return (
    <dl class="rules">
      {rules.map(({ label, says }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Says reading={says} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Says({ reading }: { reading: Reading }) {
  if (typeof reading === 'string') return <>{reading}</>;
  if (isNested(reading)) return <RuleList rules={reading} />;
  return <>{reading.join(', ')}</>;
}

function isNested(reading: readonly string[] | readonly RuleReading[]): reading is readonly RuleReading[] {
  return typeof reading[0] === 'object';
}
