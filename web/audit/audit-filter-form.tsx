import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import { SelectField, TextField } from '../design/field.tsx';
import { hashOf } from '../navigation/place.ts';
import type { AuditFilters } from './audit-filters.ts';
import { actionTypeOptions, outcomeOptions, verdictOptions } from './audit-words.ts';
import { localMoment, momentIn } from './moments.ts';

/** Filters of the log. They are in the address, so that a view can be bookmarked and shared. */
export function AuditFilterForm({ filters }: { filters: AuditFilters }) {
  const [said, setSaid] = useState<Record<string, string>>({ ...filters });
  const put = (name: keyof AuditFilters) => (value: string) => setSaid((now) => ({ ...now, [name]: value }));
  const of = (name: keyof AuditFilters) => said[name] ?? '';

  function submit(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    const wanted = Object.entries(said).map(([name, value]) => [name, value.trim()]);
    location.hash = hashOf({
      page: 'audit',
      filters: Object.fromEntries(wanted.filter(([, value]) => value !== '')),
    });
  }

  return (
    <details class="panel" open={isUnfolded(filters)}>
      <summary>Filters</summary>
      <form class="body" aria-label="Filters" onSubmit={submit}>
        <div class="fields">
          <SelectField
            id="audit-outcome"
            label="Outcome"
            value={of('outcome')}
            onValue={put('outcome')}
            options={outcomeOptions}
          />
          <SelectField
            id="audit-kind"
            label="Kind"
            value={of('action_type')}
            onValue={put('action_type')}
            options={actionTypeOptions}
          />
          <SelectField
            id="audit-verdict"
            label="Policy said"
            value={of('policy_result')}
            onValue={put('policy_result')}
            options={verdictOptions}
          />
          <TextField id="audit-person" label="Person (id)" text={of('user_id')} onText={put('user_id')} />
          <TextField
            id="audit-request"
            label="Request (id)"
            text={of('request_id')}
            onText={put('request_id')}
          />
          <TextField
            id="audit-from"
            label="From"
            type="datetime-local"
            text={localMoment(said['from'])}
            onText={(text) => put('from')(momentIn(text))}
          />
          <TextField
            id="audit-to"
            label="Before"
            type="datetime-local"
            text={localMoment(said['to'])}
            onText={(text) => put('to')(momentIn(text))}
          />
        </div>
        <div class="row">
          <button type="submit" class="primary">
            Show
          </button>
          <a class="button" href={hashOf({ page: 'audit', filters: {} })}>
            All entries
          </a>
        </div>
      </form>
    </details>
  );
}

/** On a small screen the entries come first. */
function isUnfolded(filters: AuditFilters): boolean {
  return Object.keys(filters).length > 0 || matchMedia('(min-width: 40rem)').matches;
}
