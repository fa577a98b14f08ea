import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import { allowedBuiltins, builtinOfFunction, refusedByFunction } from '../builtins.ts';
import { strictModule } from '../strict-module.ts';
import type { BundleKeys } from './bundle-keys.ts';
import { readArchive } from './read-archive.ts';
import { BundleRefused, notAllowed } from './refused.ts';
import { builtinsUsed } from './rego-builtins.ts';
import { verifyBundle } from './verify-bundle.ts';

/** The only rule that a customer's bundle may offer. */
export const customerEntrypoint = 'openclaw/enterprise/customer/decision';

const module = 'policy.wasm';

const manifest = z.object({
  revision: z.string().max(256).default(''),
  wasm: z.array(z.object({ entrypoint: z.string(), module: z.string() })),
});

/** A bundle with a valid signature, ready to run. */
export interface Bundle {
  /** Its built-ins end the evaluation where they fail. */
  module: WebAssembly.Module;
  /** JSON. */
  data: Uint8Array;
  /** What its maker calls this version; often empty. */
  revision: string;
}

interface OpenOptions {
  keys: BundleKeys;
  tenantId: string;
}

/** Opens a bundle made by `opa build --bundle --target=wasm --signing-key …`; throws `BundleRefused`. */
export async function openBundle(archive: Uint8Array, options: OpenOptions): Promise<Bundle> {
  const files = await readArchive(archive);
  await verifyBundle(files, options);
  for (const name of files.keys()) {
    if (!isExpected(name)) throw new BundleRefused(`it holds ${name}, which nothing reads`);
  }
  const wasm = files.get(module);
  if (wasm === undefined) throw new BundleRefused('it holds no policy.wasm');
  const { revision, wasm: entries } = manifestOf(files.get('.manifest'));
  const [entry, ...others] = entries;
  if (entry?.entrypoint !== customerEntrypoint || others.length > 0 || entry.module !== `/${module}`)
    throw new BundleRefused(`its one entry point has to be ${customerEntrypoint}`);
  checkRego(files);
  return {
    module: await compiled(wasm),
    data: new Uint8Array(files.get('data.json') ?? Buffer.from('{}')),
    revision,
  };
}

/** Sources beside the WebAssembly are for people. A `data.json` in a subfolder would be data that nothing loads. */
function isExpected(name: string): boolean {
  return [module, 'data.json', '.manifest', '.signatures.json'].includes(name) || name.endsWith('.rego');
}

function manifestOf(bytes: Buffer | undefined): z.output<typeof manifest> {
  try {
    return manifest.parse(parseJson(bytes?.toString('utf8') ?? ''));
  } catch (cause) {
    throw new BundleRefused('its manifest can not be read', cause);
  }
}

/** What OPA would refuse at `opa build` by our capabilities file, told by the Rego that was signed with the module. */
function checkRego(files: ReadonlyMap<string, Buffer>): void {
  const sources = [...files].filter(([name]) => name.endsWith('.rego'));
  if (sources.length === 0)
    throw new BundleRefused('it holds no Rego, by which its built-ins could be checked');
  const used = builtinsUsed(new Map(sources.map(([name, bytes]) => [name, bytes.toString('utf8')])));
  const other = used.find(({ name }) => !allowedBuiltins.has(name));
  if (other !== undefined) throw new BundleRefused(`${notAllowed(other.name)} (${other.file}:${other.line})`);
}

async function compiled(wasm: Buffer): Promise<WebAssembly.Module> {
  const { module, functions } = await strictModule(wasm, (name) => builtinOfFunction.has(name)).catch(
    (cause: unknown) => {
      throw new BundleRefused('its policy.wasm is no WebAssembly, or not as OPA writes it', cause);
    },
  );
  for (const name of functions) {
    const builtin = refusedByFunction.get(name);
    if (builtin !== undefined) throw new BundleRefused(notAllowed(builtin));
  }
  return module;
}
