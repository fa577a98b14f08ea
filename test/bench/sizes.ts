/** How much is measured. Each can be made smaller by its environment variable, to try the bench out. */
export const sizes = {
  /** Runs of each kind of workflow. */
  runs: size('BENCH_RUNS', 200),
  /** Policies of the tenant whose decisions are measured. */
  policies: size('BENCH_POLICIES', 200),
  /** Decisions in process. */
  decisions: size('BENCH_DECISIONS', 50_000),
  /** Decisions by OPA over HTTP, each way of asking. */
  httpDecisions: size('BENCH_HTTP_DECISIONS', 1_000),
  /** Seconds of appending, each way of it. */
  appendSeconds: size('BENCH_APPEND_SECONDS', 12),
  /** Callers that append at the same time. */
  appendClients: size('BENCH_APPEND_CLIENTS', 32),
  /** Policy changes of which each is waited for. */
  changes: size('BENCH_CHANGES', 200),
  /** Audit entries at which growth begins. */
  fewRows: size('BENCH_FEW_ROWS', 10_000),
  /** Audit entries that are exported and verified. */
  exportRows: size('BENCH_EXPORT_ROWS', 200_000),
  /** Audit entries at which growth ends. */
  rows: size('BENCH_ROWS', 1_000_000),
  /** Tenants at which growth ends. */
  tenants: size('BENCH_TENANTS', 50),
  /** Audit entries of each tenant. */
  tenantRows: size('BENCH_TENANT_ROWS', 2_000),
  /** Calls of each kind at each point of growth. */
  growthCalls: size('BENCH_GROWTH_CALLS', 2_000),
  /** Seconds of each phase of fairness. */
  fairSeconds: size('BENCH_FAIR_SECONDS', 40),
};

function size(name: string, fallback: number): number {
  const given = process.env[name];
  if (given === undefined) return fallback;
  const wanted = Number(given);
  if (!Number.isInteger(wanted) || wanted < 1) throw new RangeError(`${name} is a whole number from 1`);
  return wanted;
}
