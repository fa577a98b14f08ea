import { loadPolicySync } from '@open-policy-agent/opa-wasm';
import {
  type Evaluator,
  type EvaluatorLimits,
  encodeJson,
  evaluateIn,
  memoryOf,
  type RegoInstance,
} from './create-evaluator.ts';
import type { RegoModule } from './load-module.ts';

interface EvaluatorPoolOptions extends EvaluatorLimits {
  module: RegoModule;
  /** Instances of the compiled Rego, about half a megabyte each; a document takes some kilobytes. */
  maxInstances?: number;
}

export interface EvaluatorPool {
  /** Rego on one data document; throws when the document doesn't fit into memory. */
  evaluatorOn(data: object): Evaluator;
}

/**
 * More evaluators than instances: an instance is taken from the document that was asked longest ago. To load a document
 * takes a tenth of the time that a new instance takes.
 */
export function createEvaluatorPool(options: EvaluatorPoolOptions): EvaluatorPool {
  const { module, maxInstances = 200, ...limits } = options;
  // The document that was asked longest ago comes first.
  const holders = new Map<ArrayBuffer, RegoInstance>();

  const free = (): RegoInstance => {
    const [longestAgo] = holders;
    if (longestAgo === undefined || holders.size < maxInstances) {
      return loadPolicySync(module.module, memoryOf(limits));
    }
    const [document, instance] = longestAgo;
    holders.delete(document);
    return instance;
  };
  const holding = (document: ArrayBuffer): RegoInstance => {
    const own = holders.get(document);
    if (own !== undefined) {
      holders.delete(document);
      holders.set(document, own);
      return own;
    }
    const instance = free();
    // An instance that a document didn't fit into is given up.
    instance.setData(document);
    holders.set(document, instance);
    return instance;
  };

  return {
    evaluatorOn(data) {
      const document = encodeJson(data);
      holding(document);
      return Object.freeze({
        evaluate: (entrypoint: string, input: Readonly<Record<string, unknown>>) =>
          evaluateIn(holding(document), { entrypoint, input, ...limits }),
      });
    },
  };
}
