import { parentPort, workerData } from 'node:worker_threads';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { WorkerAnswer, WorkerQuestion, WorkerStart } from './launch-worker.ts';

/** The thread in which a customer's Rego runs; its owner ends it when it takes too long. */
const maxPages = 400;

if (parentPort === null) throw new Error('this file runs as a worker thread');
const port = parentPort;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- launch-worker.ts, the only caller, sends this
const { module, data, entrypoint } = workerData as WorkerStart;

const policy = await loadPolicy(module, { initial: 5, maximum: maxPages });
policy.setData(bytesOf(data));
const offered = Object.keys(policy.entrypoints);
if (offered.length !== 1 || offered[0] !== entrypoint)
  throw new Error(`its WebAssembly offers other entry points than ${entrypoint}`);

const say = (answer: WorkerAnswer) => port.postMessage(answer);
port.on('message', ({ id, input }: WorkerQuestion) => {
  try {
    say({ id, results: policy.evaluate(bytesOf(input), entrypoint) });
  } catch {
    // opa-wasm throws strings and bare objects too; whatever it is, the answer is a denial.
    say({ id, failed: true });
  }
});
say({ ready: true });

function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
}
