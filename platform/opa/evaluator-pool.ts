import { loadPolicy } from '@open-policy-agent/opa-wasm';
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
  /** Rego with one data document; throws when the document does not fit into memory. */
  evaluatorOn(data: object): Promise<Evaluator>;
}

/**
 * Gives out more evaluators than there are instances: an instance is taken from the document that was used longest ago.
 * Loading a document takes a tenth of the time of a new instance.
 */
export function createEvaluatorPool(options: EvaluatorPoolOptions): EvaluatorPool {
  const { module, maxInstances = 200, ...limits } = options;
  // Least recently used document first.
  const holders = new Map<ArrayBuffer, RegoInstance>();
  let beingMade = 0;

  const load = (document: ArrayBuffer, instance: RegoInstance): RegoInstance => {
    // An instance into which a document doesn't fit is dropped.
    instance.setData(document);
    holders.set(document, instance);
    return instance;
  };
  const holding = (document: ArrayBuffer): RegoInstance => {
    const own = holders.get(document);
    if (own !== undefined) {
      holders.delete(document);
      holders.set(document, own);
      return own;
    }
    const [longestAgo] = holders;
    if (longestAgo === undefined) throw new Error('there is no instance of the policies');
    const [other, instance] = longestAgo;
    holders.delete(other);
    try {
      return load(document, instance);
    } catch (error) {
      // A document that doesn't fit must not cost the other one its instance.
      load(other, instance);
      throw error;
    }
  };
  const makeInstance = async (): Promise<RegoInstance> => {
    beingMade += 1;
    try {
      return await loadPolicy(module.module, memoryOf(limits));
    } finally {
      beingMade -= 1;
    }
  };
  /** An evaluation that ended by an error leaves its frames on the module's stack; many would fill it. */
  const renew = async (document: ArrayBuffer, failed: RegoInstance): Promise<void> => {
    const fresh = await makeInstance().catch(() => undefined);
    if (fresh !== undefined && holders.get(document) === failed) load(document, fresh);
  };

  return {
    async evaluatorOn(data) {
      const document = encodeJson(data);
      if (holders.size === 0 || holders.size + beingMade < maxInstances) load(document, await makeInstance());
      else holding(document);
      return Object.freeze({
        evaluate(entrypoint: string, input: Readonly<Record<string, unknown>>) {
          const instance = holding(document);
          try {
            return evaluateIn(instance, { entrypoint, input, ...limits });
          } catch (error) {
            void renew(document, instance);
            throw error;
          }
        },
      });
    },
  };
}
