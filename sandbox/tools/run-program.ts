import { execFile } from 'node:child_process';

export interface Run {
  ok: boolean;
  out: string;
  /** What it wrote to standard error, or why it couldn't be run. */
  err: string;
}

/** Runs a program to its end; that it fails, or isn't there, is an answer too. */
export function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { env, timeoutMs = 60_000 }: { env: NodeJS.ProcessEnv; timeoutMs?: number },
): Promise<Run> {
  return new Promise((resolve) => {
    const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 } as const;
    execFile(program, args, options, (error, out, err) => {
      const silent = error?.killed === true ? `no end within ${timeoutMs / 1_000} s` : (error?.message ?? '');
      resolve({ ok: error === null, out, err: err.trim() === '' ? silent : err });
    });
  });
}

/** The first thing that was said, where the rest only explains it. */
export function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The last thing that was said, for a line that people read. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
