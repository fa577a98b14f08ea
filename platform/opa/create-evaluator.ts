import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { RegoModule } from './load-module.ts';

/** Rego with one data document, which never changes: another document needs another evaluator. */
export interface Evaluator {
  /** The value of an entry point. Throws, not only Errors, if anything goes wrong or the value is undefined. */
  evaluate(entrypoint: string, input: Readonly<Record<string, unknown>>): unknown;
}

export interface EvaluatorLimits {
  /** Largest input in bytes of JSON; default 65 536. */
  maxInputBytes?: number;
  /** Pages of 64 KiB that data, input and evaluation may take together; default 400. */
  maxPages?: number;
}

interface EvaluatorOptions extends EvaluatorLimits {
  module: RegoModule;
  data: object;
}

/** An instance of the compiled Rego; its owner knows which data it has loaded. */
export type RegoInstance = Awaited<ReturnType<typeof loadPolicy>>;

/** Creates an instance of the compiled Rego with `data`; throws when the data does not fit into memory. */
export async function createEvaluator({ module, data, ...limits }: EvaluatorOptions): Promise<Evaluator> {
  const instance = await loadPolicy(module.module, memoryOf(limits));
  instance.setData(encodeJson(data));
  return Object.freeze({
    evaluate: (entrypoint: string, input: Readonly<Record<string, unknown>>) =>
      evaluateIn(instance, { entrypoint, input, ...limits }),
  });
}

export function memoryOf({ maxPages = 400 }: EvaluatorLimits): { initial: number; maximum: number } {
  return { initial: 5, maximum: maxPages };
}

interface Question extends EvaluatorLimits {
  entrypoint: string;
  input: Readonly<Record<string, unknown>>;
}

export function evaluateIn(
  instance: RegoInstance,
  { entrypoint, input, maxInputBytes = 65_536 }: Question,
): unknown {
  const bytes = encodeJson(input);
  if (bytes.byteLength > maxInputBytes) {
    throw new RangeError(`policy input of ${bytes.byteLength} bytes, at most ${maxInputBytes} are taken`);
  }
  return onlyResult(instance.evaluate(bytes, entrypoint));
}

/** Also detaches the data from the caller's object, which may change later. */
export function encodeJson(value: object): ArrayBuffer {
  return new TextEncoder().encode(JSON.stringify(value)).buffer;
}

/** An entry point returns `[{ result }]`; an empty list is Rego's undefined. */
function onlyResult(results: unknown): unknown {
  if (!Array.isArray(results) || results.length !== 1)
    throw new Error('the policy is undefined for this input');
  const [only]: unknown[] = results;
  if (typeof only !== 'object' || only === null || !('result' in only)) {
    throw new Error('the policy engine answered without a result');
  }
  return only.result;
}
