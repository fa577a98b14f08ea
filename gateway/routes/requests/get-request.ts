import * as calls from '#domain/request/calls.ts';
import { requestView as requestViewSchema } from '#domain/request/request.schema.ts';
import { defineRoute } from '../../http/route.ts';
import { ownRequest, requestParams } from './own-request.ts';
import type { RequestParts } from './parts.ts';
import { requestView } from './request-view.ts';

export function getRequest({
  requests,
  actions,
  openRequest,
}: Pick<RequestParts, 'requests' | 'actions' | 'openRequest'>) {
  return defineRoute({
    ...calls.getRequest,
    summary: 'One of your own requests, with answers and results',
    auth: 'requests.use',
    audit: { none: 'people read what is their own' },
    request: { params: requestParams },
    response: { 200: requestViewSchema },
    errors: ['NOT_FOUND', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params }) {
      const request = await ownRequest({ requests }, actor, params.id);
      return { status: 200, body: requestView(actions, await openRequest(request, actor.userId)) };
    },
  });
}
