import { type AnyOf, get, post } from '../call.ts';
import type { NewRequest, RequestList, RequestQuery, RequestView, ResolveRequest } from './request.schema.ts';

/** The same key and body twice are one request. */
interface IdempotencyKey {
  'idempotency-key': string;
}

export const postRequest = post('/api/v1/requests')<{
  headers: IdempotencyKey;
  body: NewRequest;
  answer: RequestView;
}>();
export const listRequests = get('/api/v1/requests')<{ query: AnyOf<RequestQuery>; answer: RequestList }>();
export const getRequest = get('/api/v1/requests/:id')<{ answer: RequestView }>();
/** A stream of `request` events, each with the view after one change. */
export const watchRequest = get('/api/v1/requests/:id/events')<{ answer: unknown }>();
export const withdrawRequest = post('/api/v1/requests/:id/withdraw')<{ answer: RequestView }>();
export const resolveRequest = post('/api/v1/requests/:id/resolve')<{
  body: ResolveRequest;
  answer: RequestView;
}>();
