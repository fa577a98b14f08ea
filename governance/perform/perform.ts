import { mintPermit, type Permit } from '#domain/action/permit.ts';
import { performRead } from './perform-read.ts';
import { performWrite } from './perform-write.ts';
import type { Perform, PerformOptions } from './performance.ts';

/** The one way to act on the world: reads are recorded before their answer is returned, writes before they happen. */
export function createPerform(options: PerformOptions): Perform {
  return (performance) => {
    const permit: Permit = mintPermit({ action: performance.action.facts.id, runId: performance.runId });
    return performance.action.facts.effect === 'read'
      ? performRead(options, performance, permit)
      : performWrite(options, performance, permit);
  };
}
