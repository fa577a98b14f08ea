import { useState } from 'preact/hooks';
import { deleteSession, listSessions } from '#domain/person/calls.ts';
import type { SessionView } from '#domain/person/session.schema.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { useAsked } from '../api/use-asked.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords, timeWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import type { DeskProps } from '../desk-props.ts';
import { browserWords } from './browser-words.ts';

/** The browser sessions of this person, with a button to end each. */
export function SessionList({ api, live, announce }: DeskProps) {
  const { answer, failure, again } = useAsked(() => api(listSessions), { about: 'sessions', live });
  const [refused, setRefused] = useState<Failure>();

  async function end(session: SessionView): Promise<void> {
    setRefused(undefined);
    try {
      await api(deleteSession, { params: { id: session.id } });
      announce(`Ended: ${browserWords(session.browser)}`);
      document.querySelector<HTMLElement>('main h1')?.focus();
    } catch (thrown) {
      setRefused(asFailure(thrown));
    }
    again();
  }

  return (
    <section class="column" aria-labelledby="page-title">
      <h1 id="page-title" tabIndex={-1}>
        Your sessions
      </h1>
      <p class="quiet">
        Browsers that are signed in as you. End one that you don't know or no longer use: it is out at once.
      </p>
      {failure && <Problem failure={failure} />}
      {refused && <Problem failure={refused} />}
      <ul class="cards">
        {answer?.sessions.map((session) => (
          <li key={session.id}>
            <SessionCard session={session} onEnd={() => void end(session)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SessionCard({ session, onEnd }: { session: SessionView; onEnd: () => void }) {
  const title = browserWords(session.browser);
  return (
    <article class="card body" aria-label={title}>
      <p class="row">
        <strong class="outside">{title}</strong>
        {session.is_current && <Badge word="This one" tone="good" />}
      </p>
      <Facts
        facts={[
          ['Last used', <When at={session.seen_at} words={agoWords} />],
          ['Signed in', <When at={session.created_at} words={agoWords} />],
          [
            'Ends',
            <>
              <When at={session.expires_at} words={timeWords} /> at the latest
            </>,
          ],
          ['Session', <code>{session.id}</code>],
        ]}
      />
      {session.is_current ? (
        <p class="small quiet">You end this one by signing out.</p>
      ) : (
        <button type="button" class="danger" onClick={onEnd}>
          End this session
        </button>
      )}
    </article>
  );
}
