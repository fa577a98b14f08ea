import type { ActionFacts } from '../action/action.ts';
import { type GovernedDomain, governedDomains } from './rules.ts';

/** What is asked about beyond the action itself, under the names by which the Rego reads it. */
export type Additional = Readonly<Record<string, unknown>>;

/**
 * Domains that may have a say. The Rego decides whether they do; this only saves asking those that certainly don't, and
 * a property test checks that it never leaves out one that does.
 */
export function domainsToAsk(
  { id, connector, operation }: Pick<ActionFacts, 'id' | 'connector' | 'operation'>,
  additional: Additional,
): readonly GovernedDomain[] {
  const { purpose, feature, exchange_type: exchangeType } = additional;
  const asked: Readonly<Record<GovernedDomain, boolean>> = {
    actions: true,
    integrations: connector !== 'openclaw',
    models: id === 'model_call',
    agent_to_agent: isSaid(exchangeType) || id.startsWith('agent_exchange'),
    features: isSaid(feature),
    data: purpose === 'export' || purpose === 'share' || operation.startsWith('export_'),
    audit: id === 'audit_export',
  };
  return governedDomains.filter((domain) => asked[domain]);
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}
