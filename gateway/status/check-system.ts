import type { z } from 'zod';
import type { systemStatus } from '#domain/status/status.schema.ts';
import { type CapabilityName, capabilityNames } from '#domain/status/status.ts';

export type SystemStatus = z.output<typeof systemStatus>;

/** Checks once; rejects when the part does not work. */
export type Check = () => Promise<unknown>;

export interface SystemChecks {
  policyEngine: Check;
  database: Check;
  audit: Check;
  temporal: Check;
  cache: Check;
  /** Not a component in the answer; says whether people can sign in. */
  identityProvider: Check;
  /** By connector name. */
  connectors: Readonly<Record<string, Check>>;
}

interface CheckSystemOptions {
  checks: SystemChecks;
  version: string;
  now: () => Date;
  /** Limit of one check, in milliseconds; default 5000. */
  limitMs?: number;
  /** How long an answer is cached, in milliseconds, since anybody may ask; default 2000. */
  keptMs?: number;
}

export type CheckSystem = () => Promise<SystemStatus>;

type Health = SystemStatus['components']['database'];

/** Really checks every part; callers at the same time share one check. */
export function createCheckSystem(options: CheckSystemOptions): CheckSystem {
  const { now, keptMs = 2_000 } = options;
  let last: { at: number; status: Promise<SystemStatus> } | undefined;
  return () => {
    const at = now().getTime();
    if (last === undefined || at - last.at > keptMs) last = { at, status: look(options) };
    return last.status;
  };
}

async function look({ checks, version, now, limitMs = 5_000 }: CheckSystemOptions): Promise<SystemStatus> {
  const health = async (check: Check): Promise<Health> =>
    (await works(check, limitMs)) ? 'healthy' : 'unhealthy';
  const [policyEngine, database, audit, temporal, cache, identity, connectors] = await Promise.all([
    health(checks.policyEngine),
    health(checks.database),
    health(checks.audit),
    health(checks.temporal),
    health(checks.cache),
    health(checks.identityProvider),
    Promise.all(
      Object.entries(checks.connectors).map(async ([name, check]) => [name, await health(check)] as const),
    ),
  ]);
  const components = {
    gateway: 'healthy' as const,
    policyEngine,
    opa: policyEngine,
    connectors: Object.fromEntries(connectors),
    database,
    audit,
    temporal,
    cache,
  };
  const capabilities = new Map<CapabilityName, Health>([
    ['policy-engine', policyEngine],
    ['audit-enterprise', audit],
    ['auth-enterprise', identity],
    ...connectors.flatMap(([name, one]) => capabilityOf(name).map((found) => [found, one] as const)),
  ]);
  const parts = [policyEngine, database, audit, temporal, cache, ...connectors.map(([, one]) => one)];
  return {
    status: parts.includes('unhealthy') ? 'degraded' : 'healthy',
    components,
    capabilities: capabilityNames.map((name) => ({ name, status: wordFor(capabilities.get(name)) })),
    version,
    timestamp: now().toISOString(),
  };
}

function capabilityOf(connector: string): CapabilityName[] {
  return capabilityNames.filter((name) => name === `connector-${connector}`);
}

/** A capability that isn't built or configured is disabled, which is no degradation (spec/decisions.md 37). */
function wordFor(health: Health | undefined): 'active' | 'disabled' | 'error' {
  if (health === undefined) return 'disabled';
  return health === 'healthy' ? 'active' : 'error';
}

async function works(check: Check, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const looked = check().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([looked, limit]);
  } finally {
    clearTimeout(timer);
  }
}
