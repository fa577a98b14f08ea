import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger, type WorkflowBundle } from '@temporalio/worker';
import { failureConverterPath } from '#platform/temporal/data-converter.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cacheFolder = join(root, 'node_modules/.cache/openclaw');

/** Everything that the bundle is made of. */
const sources = [
  'workflows/**/*.ts',
  'domain/**/*.ts',
  'platform/temporal/failure-converter.ts',
  'package-lock.json',
];

/**
 * All workflow code in one file, with its interceptors; the replay tests use the same bundle. Bundling takes seconds,
 * so the result is cached until a source changes; where nothing can be written, it is bundled each time.
 */
export async function bundleWorkflows(logger: Logger): Promise<WorkflowBundle> {
  const file = join(cacheFolder, `workflows-${sourceDigest()}.js`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    workflowInterceptorModules: [join(root, 'workflows/interceptors.ts')],
    failureConverterPath,
    logger,
  });
  await keep(file, code).catch(() => logger.debug('the workflow bundle could not be kept'));
  return { code };
}

function sourceDigest(): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).toSorted()) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Written under another name first, so that a worker that starts meanwhile sees all of it or nothing. */
async function keep(file: string, code: string): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file);
}
