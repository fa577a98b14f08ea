import { createColors } from 'picocolors';
import type { Failure } from './failure.ts';
import { plainJson } from './terminal-text.ts';

interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

interface OutputOptions {
  stdout: OutputStream;
  stderr: OutputStream;
  json: boolean;
  env: Readonly<Record<string, string | undefined>>;
}

export type Output = ReturnType<typeof createOutput>;

/** Results go to standard output, as text or as one JSON document; everything else to standard error. */
export function createOutput({ stdout, stderr, json, env }: OutputOptions) {
  const color = stdout.isTTY === true && !json && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    json,
    colors: createColors(color),
    /** Columns of the terminal; `undefined` when the output goes to a file or a pipe. */
    width: stdout.isTTY === true ? stdout.columns : undefined,
    /** The result of a command: the value for scripts, or its text for people. */
    result(value: unknown, text: () => string): void {
      stdout.write(`${json ? plainJson(value) : text()}\n`);
    },
    /** Progress while the command works. Scripts don't get it. */
    note(text: string): void {
      if (!json) stderr.write(`${text}\n`);
    },
    /** Something that the caller has to do before the command can go on. */
    prompt(value: unknown, text: string): void {
      stderr.write(`${json ? plainJson(value, 0) : text}\n`);
    },
    failure(failure: Failure): void {
      const { code, message, hint, detail } = failure;
      if (json) stderr.write(`${plainJson({ error: code, message, detail, hint })}\n`);
      else stderr.write(`${message}\n${hint === undefined ? '' : `${hint}\n`}`);
    },
  };
}
