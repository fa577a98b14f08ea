import { createEvaluatorPool } from './evaluator-pool.ts';
import type { RegoModule } from './load-module.ts';

/** Our Rego with one merged policy loaded. Throwing and rejecting mean the same: no answer, so the action is denied. */
export interface LoadedPolicy {
  /** The value of an entry point such as `openclaw/enterprise/actions/decision`, unchecked. */
  evaluate(entrypoint: string, input: Readonly<Record<string, unknown>>): unknown;
}

/** What our Rego reads as `data`: the merged policy of one person, domain by domain. */
export interface PolicyDocument {
  readonly policy: object;
}

/** Where our Rego runs: in this process, or in an OPA beside it (spec/decisions.md 20). */
export interface PolicyEngine {
  load(data: PolicyDocument): Promise<LoadedPolicy>;
}

/** The engine in this process: the compiled Rego; its answers are synchronous. */
export function wasmEngine(module: RegoModule): PolicyEngine {
  const pool = createEvaluatorPool({ module });
  return { load: (data) => pool.evaluatorOn(data) };
}
