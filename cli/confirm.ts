import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { usageFailure } from './failure.ts';

interface ConfirmOptions {
  question: string;
  /** `--yes` was given. */
  yes: boolean;
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

/**
 * Asks a person at a terminal; silence means no. Without a terminal and without `--yes` it is a usage failure, never a
 * silent yes.
 */
export async function confirm({ question, yes, input, output }: ConfirmOptions): Promise<boolean> {
  if (yes) return true;
  if (input.isTTY !== true) {
    throw usageFailure('There is no terminal to ask at.', 'Say `--yes` to go on without the question.');
  }
  const lines = createInterface({ input, output });
  const answer = await new Promise<string>((resolve) => {
    // Ctrl-C and the end of input close it without an answer.
    lines.once('close', () => resolve(''));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
