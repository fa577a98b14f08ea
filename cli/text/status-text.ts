import type { UserInfo } from '#domain/person/session.schema.ts';
import type { StatusProblems, SystemStatus } from '#domain/status/status.schema.ts';
import { plainLine } from '../terminal-text.ts';

export interface ConnectionStatus {
  gateway: string;
  connection: string;
  user: UserInfo | undefined;
  system: SystemStatus | undefined;
  /** `undefined` for who isn't told. */
  problems: StatusProblems['problems'] | undefined;
}

/** The layout of spec/enterprise.md §1.16, to the column. */
export function statusText({ gateway, connection, user, system, problems = [] }: ConnectionStatus): string {
  const facts: [string, string][] = [
    ['Gateway', gateway],
    ['Status', connection],
    ['User', user?.email || user?.userId || 'not signed in'],
    ['Role', user?.roles.join(', ') || '-'],
    ['Tenant', user?.tenantId || '-'],
    ['Org Unit', user?.orgUnit || '-'],
  ];
  const lines = facts.map(([label, text]) => `${`${label}:`.padEnd(13)}${plainLine(text)}`);
  if (system === undefined) return lines.join('\n');
  const plugins = system.capabilities.map(({ name, status }) => `  ${name.padEnd(20)}${status}`);
  const wrong = problems.map(
    ({ part, tenant_id, problem }) => `  ${plainLine(`${tenant_id ?? part}: ${problem}`)}`,
  );
  return [
    ...lines,
    '',
    'Enterprise Plugins:',
    ...(plugins.length > 0 ? plugins : ['  none']),
    ...(wrong.length > 0 ? ['', 'Problems:', ...wrong] : []),
  ].join('\n');
}

/** What to check when something is wrong, from the troubleshooting rows of seed 004. */
export function statusAdvice(system: SystemStatus, problems: ConnectionStatus['problems'] = []): string[] {
  const advice: string[] = [];
  const { policyEngine, opa } = system.components;
  const isExplained = problems.some(({ part }) => part === 'policyEngine');
  if (!isExplained && (policyEngine === 'unhealthy' || opa === 'unhealthy')) {
    advice.push(
      'Policy engine unreachable: every action is denied until it is back. Check the log of the gateway or, where OPA runs beside it, of its opa container.',
    );
  }
  if (!system.capabilities.some(({ status }) => status === 'active')) {
    advice.push('No enterprise plugins are active: check the log of the gateway.');
  }
  for (const { name, status } of system.capabilities) {
    if (status === 'error' && name.startsWith('connector-')) {
      advice.push(`${name}: check its secret and connect it again.`);
    }
  }
  const { connectors: _shown, ...parts } = system.components;
  const ill = Object.entries(parts).filter(([, health]) => health === 'unhealthy' || health === 'degraded');
  if (ill.length > 0) {
    advice.push(`Not healthy: ${ill.map(([name, health]) => `${name} (${health})`).join(', ')}.`);
  }
  return advice;
}
