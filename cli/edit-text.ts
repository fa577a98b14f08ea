import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, usageFailure } from './failure.ts';

interface EditOptions {
  text: string;
  /** Tells the editor what the text is: `.yaml`. */
  suffix: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The text as the person leaves it in their editor (`VISUAL`, else `EDITOR`). */
export async function editText({ text, suffix, env }: EditOptions): Promise<string> {
  const editor = env['VISUAL'] || env['EDITOR'];
  if (!editor) throw usageFailure('There is no editor.', 'Set EDITOR, or say `--file`.');
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-edit-'));
  const file = join(folder, `policy${suffix}`);
  try {
    await writeFile(file, text, { mode: 0o600 });
    await run(editor, file);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** EDITOR may contain arguments (`code --wait`), so a shell splits it; the file is passed as an argument of its own. */
async function run(editor: string, file: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0)
    throw new Failure('failed', 'editor_failed', `The editor ended with ${code}. Nothing was sent.`);
}
