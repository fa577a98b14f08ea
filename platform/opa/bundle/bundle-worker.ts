import { parentPort, workerData } from 'node:worker_threads';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import { builtinOfFunction } from '../builtins.ts';
import { trappedIn } from '../strict-module.ts';
import type { WorkerAnswer, WorkerQuestion, WorkerStart } from './launch-worker.ts';

/** The thread in which a customer's Rego runs; its owner ends it when it takes too long. */
const maxPages = 400;

if (parentPort === null) throw new Error('this file runs as a worker thread');
const port = parentPort;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- launch-worker.ts, the only caller, sends this
const { module, data, entrypoint } = workerData as WorkerStart;

type Policy = Awaited<ReturnType<typeof loadPolicy>>;

async function load(): Promise<Policy> {
  const policy = await loadPolicy(module, { initial: 5, maximum: maxPages });
  policy.setData(bytesOf(data));
  return policy;
}

const first = await load();
const offered = Object.keys(first.entrypoints);
if (offered.length !== 1 || offered[0] !== entrypoint)
  throw new Error(`its WebAssembly offers other entry points than ${entrypoint}`);

let policy = Promise.resolve(first);
const say = (answer: WorkerAnswer) => port.postMessage(answer);
port.on('message', (question: WorkerQuestion) => void answer(question));
say({ ready: true, wanted: wantedFromOutside(first) });

async function answer({ id, input }: WorkerQuestion): Promise<void> {
  const current = await policy;
  try {
    say({ id, results: current.evaluate(bytesOf(input), entrypoint) });
  } catch (cause) {
    // An evaluation that ended by an error leaves its frames on the module's stack.
    policy = load();
    say({ id, failed: wordsOf(cause) });
  }
}

/** Built-ins that the module doesn't hold and expects of us. */
function wantedFromOutside({ wasmInstance, mem }: Policy): string[] {
  const { exports } = wasmInstance instanceof WebAssembly.Instance ? wasmInstance : wasmInstance.instance;
  const { builtins, opa_json_dump: dump } = exports;
  if (typeof builtins !== 'function' || typeof dump !== 'function') throw new Error('it is no module of OPA');
  const bytes = new Uint8Array(mem.buffer, Number(dump(builtins())));
  return Object.keys(JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))));
}

/** The engine throws texts and bare objects too; a conflict of rules is a text with its place in the Rego. */
function wordsOf(cause: unknown): string {
  const builtin = builtinOfFunction.get(trappedIn(cause) ?? '');
  if (builtin !== undefined) return `its built-in ${builtin} failed`;
  const words = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : 'an error';
  return `its evaluation failed: ${words.slice(0, 200)}`;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
}
