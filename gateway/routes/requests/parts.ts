import type { GatewayParts } from '../../parts.ts';
import { createOpenRequest } from './open-request.ts';

export type RequestParts = ReturnType<typeof requestParts>;

export function requestParts(gateway: GatewayParts) {
  const { config, stores, governance, identity, actions, startRequest, signer, temporal } = gateway;
  const { changes, metrics, now } = gateway;
  const { requests, approvals, content, people, auditEntries } = stores;
  return {
    requests,
    approvals,
    content,
    people,
    auditEntries,
    openRequest: createOpenRequest(stores),
    recordEvent: governance.recordEvent,
    /** Has the session of this cookie neither ended nor expired? */
    sessionLives: identity.sessions.lives,
    authenticate: identity.authenticate,
    confirm: identity.confirm,
    /** RIGHTS_RECHECK_MS. */
    rightsRecheckMs: config.rightsRecheckMs,
    actions,
    startRequest,
    signer,
    temporal,
    changes,
    metrics,
    now,
    /** Prefix of the API in answers that name an address. */
    apiBasePath: config.apiBasePath,
    /** Milliseconds that a new request waits for its first outcome. */
    firstAnswerMs: config.firstAnswerMs,
  };
}
