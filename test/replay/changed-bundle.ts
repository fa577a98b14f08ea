import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { failureConverterPath } from '#platform/temporal/data-converter.ts';

const root = join(import.meta.dirname, '../..');

export interface CodeChange {
  /** File of `workflows/`. */
  file: string;
  from: string;
  to: string;
}

/** The production bundle, but of workflow code with one place changed. Throws when the place isn't there. */
export async function bundleChanged({ file, from, to }: CodeChange): Promise<WorkflowBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-changed-'));
  try {
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    for (const linked of ['domain', 'node_modules']) symlinkSync(join(root, linked), join(folder, linked));
    mkdirSync(join(folder, 'workflows'));
    cpSync(join(root, 'workflows'), join(folder, 'workflows'), { recursive: true });
    const path = join(folder, 'workflows', file);
    const code = readFileSync(path, 'utf8');
    if (code.split(from).length !== 2) throw new Error(`not once in ${file}: ${from}`);
    writeFileSync(
      path,
      code.replace(from, () => to),
    );
    return await bundleWorkflowCode({
      workflowsPath: join(folder, 'workflows/index.ts'),
      workflowInterceptorModules: [join(folder, 'workflows/interceptors.ts')],
      failureConverterPath,
      logger: new DefaultLogger('ERROR'),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
