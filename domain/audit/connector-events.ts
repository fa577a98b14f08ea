import type { ActionType } from './action-type.ts';

/** Audit events of connectors: name of the connector → event → kind. */
export const connectorEvents = {
  github: {
    issues_read: 'data_access',
    pull_requests_read: 'data_access',
    issue_commented: 'tool_invocation',
    pull_request_closed: 'tool_invocation',
  },
} as const satisfies Record<string, Record<string, ActionType>>;
