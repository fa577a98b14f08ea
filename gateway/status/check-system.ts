import type { z } from 'zod';
import type { systemStatus } from '#domain/status/status.schema.ts';
import { type CapabilityName, capabilityNames } from '#domain/status/status.ts';
import { ofAll, type Reason, reasonsOf } from './not-well.ts';

export type SystemStatus = z.output<typeof systemStatus>;

/** Checks once; rejects when the part does not work, with `NotWell` where we can say why. */
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
  /** Called when a part begins to fail, fails for another reason, or is well again (without reasons). */
  onChange?: (change: { part: string; reasons: readonly Reason[]; cause?: unknown }) => void;
}

/** What is wrong with a part. */
export type Problem = Reason & { part: string };

export interface CheckedSystem {
  status: SystemStatus;
  problems: readonly Problem[];
}

export type CheckSystem = () => Promise<CheckedSystem>;

type Health = SystemStatus['components']['database'];

/** Really checks every part; callers at the same time share one check. */
export function createCheckSystem(options: CheckSystemOptions): CheckSystem {
  const { now, keptMs = 2_000 } = options;
  let last: { at: number; status: Promise<CheckedSystem> } | undefined;
  const heard = createHeard(options);
  return () => {
    const at = now().getTime();
    if (last === undefined || at - last.at > keptMs) last = { at, status: look(options, heard) };
    return last.status;
  };
}

async function look(
  { checks, version, now, limitMs = 5_000 }: CheckSystemOptions,
  heard: (part: string, found: Found) => void,
): Promise<CheckedSystem> {
  const problems: Problem[] = [];
  const health = async (part: string, check: Check): Promise<Health> => {
    const found = await tried(check, limitMs);
    heard(part, found);
    problems.push(...found.reasons.map((reason) => ({ part, ...reason })));
    return found.reasons.length === 0 ? 'healthy' : 'unhealthy';
  };
  const [policyEngine, database, audit, temporal, cache, identity, connectors] = await Promise.all([
    health('policyEngine', checks.policyEngine),
    health('database', checks.database),
    health('audit', checks.audit),
    health('temporal', checks.temporal),
    health('cache', checks.cache),
    health('identityProvider', checks.identityProvider),
    Promise.all(
      Object.entries(checks.connectors).map(
        async ([name, check]) => [name, await health(name, check)] as const,
      ),
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
    status: {
      status: parts.includes('unhealthy') ? 'degraded' : 'healthy',
      components,
      capabilities: capabilityNames.map((name) => ({ name, status: wordFor(capabilities.get(name)) })),
      version,
      timestamp: now().toISOString(),
    },
    problems: problems.toSorted((one, other) => one.part.localeCompare(other.part)),
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

interface Found {
  /** Empty when the part works. */
  reasons: readonly Reason[];
  cause?: unknown;
}

async function tried(check: Check, limitMs: number): Promise<Found> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<Found>((resolve) => {
    timer = setTimeout(() => resolve({ reasons: [ofAll(`no answer within ${limitMs} ms`)] }), limitMs);
  });
  const looked = check().then(
    (): Found => ({ reasons: [] }),
    (cause: unknown): Found => ({ reasons: reasonsOf(cause), cause }),
  );
  try {
    return await Promise.race([looked, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells of a part once for each change of what is wrong with it. */
function createHeard({ onChange }: CheckSystemOptions): (part: string, found: Found) => void {
  const last = new Map<string, string>();
  return (part, found) => {
    const words = JSON.stringify(found.reasons);
    const before = last.get(part) ?? '[]';
    last.set(part, words);
    if (words !== before) onChange?.({ part, ...found });
  };
}
