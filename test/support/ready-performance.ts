import { actionRunId } from '#domain/ids.ts';
import type { Performance } from '#governance/perform/performance.ts';
import type { RegisteredAction } from '#governance/registered-action.ts';
import { newId } from '#platform/new-id.ts';
import { asker } from './examples.ts';

type Provider = Pick<RegisteredAction, 'run'> & Partial<Pick<RegisteredAction, 'find'>>;

/** A comment (or a read of issues) that policy allowed, ready to be performed at a provider of the test's own. */
export function readyPerformance(
  provider: Provider,
  { requestId = newId('request'), effect = 'write' }: { requestId?: string; effect?: 'read' | 'write' } = {},
): Performance {
  const read = effect === 'read';
  return {
    actor: asker,
    requestId,
    runId: actionRunId(requestId, 1),
    namesRunId: null,
    action: {
      facts: {
        id: read ? 'github_issue_read' : 'github_issue_comment',
        connector: 'github',
        operation: read ? 'read_issues' : 'comment_issue',
        effect,
      },
      event: read ? 'github.issues_read' : 'github.issue_commented',
      dataTouched: () => [],
      find: async () => ({ found: 'no' }),
      ...provider,
    },
    input: {},
    inputDigest: 'i'.repeat(64),
    target: 'acme/website#7',
    targetLabel: null,
    decision: {
      decisionId: newId('decision'),
      verdict: 'allow',
      reason: 'test',
      rules: [],
      policyApplied: '',
      classification: 'internal',
      approvers: { role: 'team_lead', orgUnit: asker.orgUnit },
      digest: 'd'.repeat(64),
      at: new Date().toISOString(),
    },
    approval: null,
    signal: new AbortController().signal,
    lastTry: false,
    nthTry: 1,
    lookOnly: null,
  };
}
