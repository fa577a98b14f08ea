import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { getRequest } from './get-request.ts';
import { listRequests } from './list-requests.ts';
import { requestParts } from './parts.ts';
import { postRequest } from './post-request.ts';
import { resolveRequest } from './resolve-request.ts';
import { watchRequest } from './watch-request.ts';
import { withdrawRequest } from './withdraw-request.ts';

export function requestRoutes(gateway: GatewayParts): readonly AnyRoute[] {
  const parts = requestParts(gateway);
  return [
    postRequest(parts),
    listRequests(parts),
    getRequest(parts),
    watchRequest(parts),
    withdrawRequest(parts),
    resolveRequest(parts),
  ];
}
