import { useRef } from 'preact/hooks';
import type { RequestView } from '#domain/request/request.schema.ts';
import type { Api } from '../api/call-api.ts';
import { Problem } from '../design/problem.tsx';
import type { Drafts } from '../session/drafts.ts';
import { useDraft } from '../session/use-draft.ts';
import { AskBox } from './ask-box.tsx';
import { RequestCard } from './request-card.tsx';
import { useRequests } from './use-requests.ts';

interface RequestListProps {
  api: Api;
  live: boolean;
  drafts: Drafts;
  announce: (words: string) => void;
}

/** The box to ask in, and what became of earlier requests. */
export function RequestList({ api, live, drafts, announce }: RequestListProps) {
  const requests = useRequests({ api, live, announce });
  const [text, setText] = useDraft(drafts, 'ask');
  const box = useRef<HTMLTextAreaElement>(null);

  function asked(view: RequestView): void {
    requests.put(view);
    requests.unfold(view.id, true);
  }

  function takeUp(suggestion: string): void {
    setText(suggestion);
    box.current?.focus();
  }

  return (
    <section class="column" aria-labelledby="requests-title">
      <AskBox api={api} drafts={drafts} text={text} onText={setText} box={box} onAsked={asked} />
      <h2 id="requests-title">Your requests</h2>
      {requests.failure && <Problem failure={requests.failure} about="This list may be out of date" />}
      {requests.loaded && requests.known.length === 0 && <p class="quiet">Nothing asked yet.</p>}
      <ul class="cards">
        {requests.known.map((one) => (
          <li key={one.summary.id}>
            <RequestCard
              known={one}
              api={api}
              drafts={drafts}
              onChanged={requests.put}
              onFold={(unfolded) => requests.unfold(one.summary.id, unfolded)}
              onSuggestion={takeUp}
            />
          </li>
        ))}
      </ul>
      {requests.hasOlder && (
        <button type="button" onClick={() => void requests.showOlder()}>
          Show older
        </button>
      )}
    </section>
  );
}
