import { z } from 'zod';
import type { BundleKeys } from './bundle-keys.ts';
import { readArchive } from './read-archive.ts';
import { BundleRefused } from './refused.ts';
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
    return manifest.parse(JSON.parse(bytes?.toString('utf8') ?? ''));
  } catch (cause) {
    throw new BundleRefused('its manifest can not be read', cause);
  }
}

async function compiled(wasm: Buffer): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(new Uint8Array(wasm));
  } catch (cause) {
    throw new BundleRefused('its policy.wasm is no WebAssembly', cause);
  }
}
