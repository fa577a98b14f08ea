import { deleteSession, getUserinfo, listSessions, postLogout } from '#domain/person/calls.ts';
import { endedSession, sessionList } from '#domain/person/session.schema.ts';
import { answers, type Recording } from '../../support/recorded-gateway.ts';
import type { OnRecord } from './on-record.ts';

export function personAnswers(record: OnRecord): Recording[] {
  return [
    answers(getUserinfo, () => record.who && { body: record.who }),
    answers(postLogout, () => {
      record.who = undefined;
      return { body: { signedOut: true, endSessionUrl: record.endSessionUrl } };
    }),
    answers(listSessions, () => ({ body: sessionList.parse({ sessions: record.sessions }) })),
    answers(deleteSession, ({ params: { id } }) => {
      const ended = record.sessions.find((one) => one.id === id);
      if (ended === undefined) return undefined;
      record.sessions = record.sessions.filter((one) => one.id !== id);
      return { body: endedSession.parse({ id, user_id: ended.user_id, ended: true }) };
    }),
  ];
}
