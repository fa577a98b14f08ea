import { type AnyOf, del, get, post } from '../call.ts';
import type { LegalHoldList, LegalHoldView, NewLegalHold, WithReason } from './legal-hold.schema.ts';
import type {
  EndedSession,
  SessionList,
  SessionQuery,
  SignedOut,
  SignedOutPerson,
  SignInConfig,
  SignOutPerson,
  UserInfo,
} from './session.schema.ts';
import type { ErasureView } from './user-data.schema.ts';

export const getAuthConfig = get('/api/v1/auth/config')<{ answer: SignInConfig }>();
export const getUserinfo = get('/api/v1/auth/userinfo')<{ answer: UserInfo }>();
export const postLogout = post('/auth/logout')<{ answer: SignedOut }>();
export const listSessions = get('/api/v1/auth/sessions')<{
  query: AnyOf<SessionQuery>;
  answer: SessionList;
}>();
export const deleteSession = del('/api/v1/auth/sessions/:id')<{ answer: EndedSession }>();
export const postSignOut = post('/api/v1/auth/sign-out')<{ body: SignOutPerson; answer: SignedOutPerson }>();

/** Everything that is stored about a person, as one JSON document of any size. */
export const exportUserData = get('/api/v1/user-data/:user_id/export')<{ answer: unknown }>();
export const eraseUserData = post('/api/v1/user-data/:user_id/erase')<{
  body: WithReason;
  answer: ErasureView;
}>();
export const getErasure = get('/api/v1/erasures/:id')<{ answer: ErasureView }>();

export const listLegalHolds = get('/api/v1/legal-holds')<{ answer: LegalHoldList }>();
export const postLegalHold = post('/api/v1/legal-holds')<{ body: NewLegalHold; answer: LegalHoldView }>();
export const deleteLegalHold = del('/api/v1/legal-holds/:id')<{
  body: WithReason;
  answer: LegalHoldView;
}>();
