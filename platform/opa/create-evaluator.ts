import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { RegoModule } from './load-module.ts';

/** Rego with one data document, which never changes: another document is another evaluator. */
export interface Evaluator {
  /** The value of an entry point. Throws, and not only Errors, for whatever goes wrong or is undefined. */
  evaluate(entrypoint: string, input: Readonly<Record<string, unknown>>): unknown;
}

interface EvaluatorOptions {
  module: RegoModule;
  data: object;
  /** Bytes of JSON above which an input is refused. */
  maxInputBytes?: number;
  /** Pages of 64 KiB that data, input and evaluation may take together. */
  maxPages?: number;
}

/** Makes an instance of the compiled Rego on `data`; throws when the data doesn't fit into memory. */
export async function createEvaluator({
  module,
  data,
  maxInputBytes = 65_536,
  maxPages = 400,
}: EvaluatorOptions): Promise<Evaluator> {
  const policy = await loadPolicy(module.module, { initial: 5, maximum: maxPages });
  policy.setData(encode(data));
  return Object.freeze({
    evaluate(entrypoint: string, input: Readonly<Record<string, unknown>>): unknown {
      const bytes = encode(input);
      if (bytes.byteLength > maxInputBytes) {
        throw new RangeError(`policy input of ${bytes.byteLength} bytes, at most ${maxInputBytes} are taken`);
      }
      return onlyResult(policy.evaluate(bytes, entrypoint));
    },
  });
}

/** Also cuts the tie to the caller's object, which may change later. */
function encode(value: object): ArrayBuffer {
  return new TextEncoder().encode(JSON.stringify(value)).buffer;
}

/** An entry point answers `[{ result }]`; an empty list is Rego's undefined. */
function onlyResult(results: unknown): unknown {
  if (!Array.isArray(results) || results.length !== 1)
    throw new Error('the policy is undefined for this input');
  const [only]: unknown[] = results;
  if (typeof only !== 'object' || only === null || !('result' in only)) {
    throw new Error('the policy engine answered without a result');
  }
  return only.result;
}
