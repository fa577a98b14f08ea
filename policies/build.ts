/** `npm run policies`: compiles the Rego in this folder to WebAssembly and writes the manifest that vouches for it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { allowedBuiltins } from '#platform/opa/builtins.ts';

export const opaVersion = '1.22.0';

/** One entry point per governed domain; a new domain is a line here, its .rego and its test. */
export const entrypoints = [
  'openclaw/enterprise/actions/decision',
  'openclaw/enterprise/integrations/decision',
  'openclaw/enterprise/models/decision',
  'openclaw/enterprise/agent_to_agent/decision',
  'openclaw/enterprise/features/decision',
  'openclaw/enterprise/data/decision',
  'openclaw/enterprise/audit/decision',
];

export interface Manifest {
  opa: string;
  entrypoints: readonly string[];
  /** SHA-256 (hex) of every .rego, tests too. */
  sources: Readonly<Record<string, string>>;
  /** SHA-256 (hex) of policies.wasm. */
  wasm: string;
}

const folder = fileURLToPath(new URL('.', import.meta.url));

const capabilitiesFile = 'customer-capabilities.json';

/** The command that runs OPA: the one on PATH if it has our version, else the Go module. */
function opaCommand(): readonly [string, ...string[]] {
  const opa = process.env['OPA'] ?? 'opa';
  const said = spawnSync(opa, ['version'], { encoding: 'utf8' });
  if (said.status === 0 && said.stdout.includes(`Version: ${opaVersion}\n`)) return [opa];
  return ['go', 'run', `github.com/open-policy-agent/opa@v${opaVersion}`];
}

/** Names of the .rego files, sorted, so that their order on disk does not affect the result. */
export function regoFiles(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.rego'))
    .toSorted();
}

export function sourceHashes(): Record<string, string> {
  return Object.fromEntries(regoFiles().map((file) => [file, sha256(readFileSync(join(folder, file)))]));
}

/** Compiles the Rego as it is; the same sources give the same bytes. */
export function compile(): Buffer {
  const scratch = mkdtempSync(join(tmpdir(), 'openclaw-policies-'));
  try {
    const bundle = join(scratch, 'bundle.tar.gz');
    runOpa([
      'build',
      '--target=wasm',
      `--capabilities=${capabilitiesFile}`,
      `--output=${bundle}`,
      ...entrypoints.map((entrypoint) => `--entrypoint=${entrypoint}`),
      ...regoFiles().filter((file) => !file.endsWith('_test.rego')),
    ]);
    return fileOfTar(gunzipSync(readFileSync(bundle)), '/policy.wasm');
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const capabilities = z.looseObject({ builtins: z.array(z.looseObject({ name: z.string() })) });

/**
 * What customers give to `opa build`, and our own build uses: OPA's own list less the built-ins that we don't allow.
 * Template strings (`$"…"`) call one of those, and the newer dialects of Rego aren't read by us.
 */
export function customerCapabilities(): string {
  const { builtins } = capabilities.parse(JSON.parse(runOpa(['capabilities', '--current'])));
  const allowed = builtins.filter(({ name }) => allowedBuiltins.has(name));
  const features = ['keywords_in_refs', 'rego_v1'];
  return `${JSON.stringify({ builtins: allowed, future_keywords: [], features, allow_net: [] }, null, 2)}\n`;
}

/** Runs OPA in this folder; throws with its own message when it fails. */
export function runOpa(args: readonly string[], stdin = ''): string {
  const [command, ...before] = opaCommand();
  const run = spawnSync(command, [...before, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: stdin,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`opa ${args[0]}:\n${run.stdout}${run.stderr}`);
  return run.stdout;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One file of a tar archive: 512-byte headers with name (100 bytes) and octal size (12 bytes from 124). */
function fileOfTar(tar: Buffer, wanted: string): Buffer {
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    if (name === wanted) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the bundle holds no ${wanted}`);
}

if (import.meta.main) {
  runOpa(['check', '--strict', ...regoFiles()]);
  writeFileSync(join(folder, capabilitiesFile), customerCapabilities());
  const wasm = compile();
  const manifest: Manifest = { opa: opaVersion, entrypoints, sources: sourceHashes(), wasm: sha256(wasm) };
  writeFileSync(join(folder, 'policies.wasm'), wasm);
  writeFileSync(join(folder, 'policies.manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`policies.wasm: ${wasm.length} bytes, OPA ${opaVersion}, ${entrypoints.length} entry points`);
}
