import { useState } from 'preact/hooks';
import { withdrawRequest } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { Badge } from '../design/badge.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { Drafts } from '../session/drafts.ts';
import { ActionRow } from './action-row.tsx';
import type { KnownRequest } from './known-requests.ts';
import { Outcome } from './outcome.tsx';
import { requestTitle } from './request-title.ts';
import { canWithdraw, requestWords, waitsToBeSent } from './state-words.ts';
import { Suggestions } from './suggestions.tsx';

interface RequestCardProps {
  known: KnownRequest;
  api: Api;
  drafts: Drafts;
  onChanged: (view: RequestView) => void;
  onFold: (unfolded: boolean) => void;
  onSuggestion: (text: string) => void;
}

/** One request: folded, one line; unfolded, everything that is known of it. */
export function RequestCard({ known, api, drafts, onChanged, onFold, onSuggestion }: RequestCardProps) {
  const { summary, view, unfolded } = known;
  const state = requestWords(summary.state);
  const titleId = `title-${summary.id}`;

  return (
    <article class="card" aria-labelledby={titleId}>
      <details class="folds" open={unfolded} onToggle={(event) => onFold(event.currentTarget.open)}>
        <summary>
          <span class="title" id={titleId}>
            {requestTitle(summary)}
          </span>
          <span class="row">
            <Badge {...state} />
            <span class="quiet small">
              <When at={summary.created_at} words={agoWords} />
            </span>
          </span>
        </summary>
        {view === undefined ? (
          <p class="quiet">Fetching…</p>
        ) : (
          <RequestBody
            view={view}
            api={api}
            drafts={drafts}
            onChanged={onChanged}
            onSuggestion={onSuggestion}
          />
        )}
      </details>
    </article>
  );
}

type RequestBodyProps = Omit<RequestCardProps, 'known' | 'onFold'> & { view: RequestView };

function RequestBody({ view, api, drafts, onChanged, onSuggestion }: RequestBodyProps) {
  const [failure, setFailure] = useState<Failure>();

  async function withdraw(): Promise<void> {
    setFailure(undefined);
    try {
      onChanged(await api(withdrawRequest, { params: { id: view.id } }));
    } catch (thrown) {
      setFailure(asFailure(thrown));
    }
  }

  return (
    <div class="body">
      {view.text !== null && requestTitle(view) !== view.text && <p class="outside">{view.text}</p>}
      {view.actions.length === 0 && <Outcome answer={view.answer} error={view.error} />}
      <Suggestions suggestions={view.suggestions} onSuggestion={onSuggestion} />
      {view.actions.length > 0 && (
        <ol class="actions" aria-label="Actions">
          {view.actions.map((action) => (
            <li key={action.n}>
              <ActionRow
                requestId={view.id}
                action={action}
                api={api}
                drafts={drafts}
                onChanged={onChanged}
              />
            </li>
          ))}
        </ol>
      )}
      {(canWithdraw(view.state) || waitsToBeSent(view)) && (
        <button type="button" onClick={() => void withdraw()}>
          Withdraw
        </button>
      )}
      {failure && <Problem failure={failure} />}
      <p class="quiet small">
        {view.planner !== null && <>Planned by {view.planner}. </>}
        <code>{view.id}</code>
      </p>
    </div>
  );
}
