import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyAnswer } from '#domain/policy/answer.schema.ts';
import { domainsToAsk } from '#domain/policy/applicable.ts';
import { governedDomains } from '#domain/policy/rules.ts';
import { createEvaluator } from '#platform/opa/create-evaluator.ts';
import { loadRegoModule } from '#platform/opa/load-module.ts';

const facts = (id: string, operation = 'read_issues', connector = 'openclaw') => ({
  id,
  operation,
  connector,
});

describe('the domains that are asked about an action', () => {
  it.each([
    [facts('github_issue_read', 'read_issues', 'github'), {}, ['actions', 'integrations']],
    [facts('audit_read'), {}, ['actions']],
    [facts('model_call'), { model: 'local' }, ['actions', 'models']],
    [facts('audit_export', 'export_audit'), {}, ['actions', 'data', 'audit']],
    [facts('email_send', 'send_email', 'gmail'), { purpose: 'share' }, ['actions', 'integrations', 'data']],
    [facts('agent_exchange'), {}, ['actions', 'agent_to_agent']],
    [facts('auto_response_send'), { feature: 'auto_response' }, ['actions', 'features']],
  ])('%o with %o: %o', (action, additional, domains) => {
    expect(domainsToAsk(action, additional)).toEqual(domains);
  });

  it('leave out none that would have a say', async () => {
    const evaluator = await createEvaluator({
      module: await loadRegoModule(),
      data: { policy: {} },
    });
    const odd = fc.constantFrom(undefined, null, '', false, 0, 'export', 'share', 'visualization');
    const asked = fc.record({
      id: fc.constantFrom(
        'model_call',
        'audit_export',
        'agent_exchange',
        'agent_exchange_cross_org',
        'jira_read',
      ),
      connector: fc.constantFrom('openclaw', 'github'),
      operation: fc.constantFrom('export_audit', 'share_file', 'read_issues'),
      additional: fc.record({ purpose: odd, feature: odd, exchange_type: odd }),
    });
    fc.assert(
      fc.property(asked, ({ additional, ...action }) => {
        const input = {
          action: action.id,
          target_system: action.connector,
          additional: { ...additional, operation: action.operation, effect: 'read' },
        };
        const spared = governedDomains.filter((domain) => !domainsToAsk(action, additional).includes(domain));
        const having = spared.filter((domain) => {
          const answer = evaluator.evaluate(`openclaw/enterprise/${domain}/decision`, input);
          return policyAnswer.parse(answer).applicable;
        });
        expect(having).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
