import type { AuditEntryView } from '#domain/audit/audit.schema.ts';
import { getAuditEntry } from '#domain/audit/calls.ts';
import { useAsked } from '../api/use-asked.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { PlainBlock } from '../design/plain-block.tsx';
import { Problem } from '../design/problem.tsx';
import type { DeskProps } from '../desk-props.ts';
import { hashOf } from '../navigation/place.ts';
import { verdictWord } from '../requests/state-words.ts';
import { eventWords, outcomeWords } from './audit-words.ts';
import { ProofStatus } from './proof-status.tsx';

/** One entry with all its fields, and whether a signed head covers it. */
export function AuditEntryPage({ id, api, live }: DeskProps & { id: string }) {
  const { answer: entry, failure } = useAsked(() => api(getAuditEntry, { params: { id } }), {
    about: id,
    live,
  });
  return (
    <section class="column" aria-labelledby="page-title">
      <p class="small">
        <a href={hashOf({ page: 'audit', filters: {} })}>Audit log</a>
      </p>
      <h1 id="page-title" tabIndex={-1}>
        {entry === undefined ? 'Audit entry' : eventWords(entry)}
      </h1>
      {failure && <Problem failure={failure} />}
      {entry && <Entry entry={entry} />}
      {entry && <ProofStatus id={id} api={api} live={live} />}
    </section>
  );
}

function Entry({ entry }: { entry: AuditEntryView }) {
  const tokens = entry.token_count;
  return (
    <div class="panel">
      <p class="row">
        <span class="outside">{entry.action_detail}</span>
        <Badge {...outcomeWords(entry.outcome)} />
      </p>
      <Facts
        facts={[
          ['When', new Date(entry.timestamp).toLocaleString()],
          ['Person', entry.user_id],
          ['Org unit', entry.org_unit],
          ['Policy said', entry.policy_result && verdictWord(entry.policy_result)],
          ['Why', entry.policy_reason],
          ['Policy', entry.policy_applied && <PolicyLink applied={entry.policy_applied} />],
          ['Label', entry.data_classification],
          ['Model', entry.model_used],
          ['Tokens', tokens && `${tokens.prompt} in, ${tokens.completion} out`],
          ['Request', entry.request_id && <code>{entry.request_id}</code>],
          ['Decision', entry.decision_id && <code>{entry.decision_id}</code>],
          ['Event', <code>{entry.event}</code>],
          ['Entry', <code>{entry.id}</code>],
        ]}
      />
      {entry.data_accessed.length > 0 && (
        <details>
          <summary>Data that was touched ({entry.data_accessed.length})</summary>
          <ul class="lines">
            {entry.data_accessed.map((item) => (
              <li key={`${item.source} ${item.item_id}`} class="small outside">
                {item.source} {item.item_id}: {item.classification}, for {item.purpose}
              </li>
            ))}
          </ul>
        </details>
      )}
      {Object.keys(entry.metadata).length > 0 && (
        <details>
          <summary>Details</summary>
          <PlainBlock label="Details of the entry" text={JSON.stringify(entry.metadata, null, 2)} />
        </details>
      )}
    </div>
  );
}

/** `pol_…@3` links to the policy; anything else (a rule of the system) is shown as it is. */
function PolicyLink({ applied }: { applied: string }) {
  const [, id] = /^(pol_[A-Za-z0-9]+)@\d+$/.exec(applied) ?? [];
  if (id === undefined) return <code>{applied}</code>;
  return (
    <a href={hashOf({ page: 'policy', id })}>
      <code>{applied}</code>
    </a>
  );
}
