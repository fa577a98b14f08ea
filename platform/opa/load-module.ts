import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { builtinOfFunction } from './builtins.ts';
import { strictModule } from './strict-module.ts';

/** Compiled Rego whose built-ins end the evaluation where they fail, to be instantiated once per data document. */
export interface RegoModule {
  module: WebAssembly.Module;
  /** Names that `evaluate` accepts, for example `openclaw/enterprise/actions/decision`. */
  entrypoints: readonly string[];
}

const shipped = new URL('../../policies/', import.meta.url);

/**
 * Reads and compiles `policies.wasm`, once per process. Throws when it is missing or is not the file in
 * `policies.manifest.json`: a process without trustworthy policies must not start.
 */
export async function loadRegoModule(directory: URL = shipped): Promise<RegoModule> {
  const [wasm, text] = await Promise.all([
    readFile(new URL('policies.wasm', directory)),
    readFile(new URL('policies.manifest.json', directory), 'utf8'),
  ]);
  const { entrypoints, expected } = readManifest(text);
  const found = createHash('sha256').update(wasm).digest('hex');
  if (found !== expected) throw new Error(`policies.wasm is not the file of its manifest: ${found}`);
  const { module } = await strictModule(wasm, (name) => builtinOfFunction.has(name));
  return { module, entrypoints };
}

function readManifest(text: string): { entrypoints: readonly string[]; expected: string } {
  const manifest: unknown = JSON.parse(text);
  if (typeof manifest !== 'object' || manifest === null)
    throw new Error('policies.manifest.json is no object');
  const entrypoints = 'entrypoints' in manifest ? manifest.entrypoints : undefined;
  const expected = 'wasm' in manifest ? manifest.wasm : undefined;
  if (!isTextList(entrypoints) || typeof expected !== 'string') {
    throw new Error('policies.manifest.json lacks entrypoints or wasm');
  }
  return { entrypoints, expected };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
