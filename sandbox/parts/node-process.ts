import { join } from 'node:path';
import { type SuperviseOptions, supervise } from '../supervise.ts';
import type { ProcessPart } from './part.ts';

export interface NodeProcessOptions extends SuperviseOptions {
  checkout: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
}

interface NodeProcess {
  name: string;
  /** Path of the entry file, relative to the checkout. */
  entry: string;
  url: string;
  ready: (startedAt: Date) => Promise<void>;
}

/** Runs one of our own entry files in a process of its own, with the Node that runs us. */
export async function startNodeProcess(
  about: NodeProcess,
  options: NodeProcessOptions,
): Promise<ProcessPart> {
  const running = await supervise(
    {
      name: about.name,
      command: process.execPath,
      args: [join(options.checkout, about.entry)],
      cwd: options.checkout,
      env: options.env,
      logFile: options.logFile,
      stopLimitMs: 20_000,
      readyLimitMs: 120_000,
      ready: about.ready,
    },
    options,
  );
  return {
    name: about.name,
    url: about.url,
    get pid() {
      return running.pid;
    },
    stop: running.stop,
    kill9: running.kill9,
    start: running.start,
  };
}
