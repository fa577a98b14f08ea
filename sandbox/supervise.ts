import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Children } from './children.ts';
import { lastLines } from './last-lines.ts';
import { messageOf } from './message-of.ts';
import { openLog } from './open-log.ts';

export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** The user to run as (only root may choose). */
  user?: { uid: number; gid: number } | undefined;
  logFile: string;
  stopSignal?: NodeJS.Signals;
  /** How long it may take to stop before it is killed, in milliseconds; default 10 s. */
  stopLimitMs?: number;
  /** Resolves when the process is ready, rejects while it isn't. Called repeatedly. */
  ready: (startedAt: Date) => Promise<void>;
  readyLimitMs?: number;
}

export interface SuperviseOptions {
  children: Children;
  /** Start it again when it ends unasked. */
  restart: boolean;
  say: (line: string) => void;
  /** Aborted = stop waiting for anything to become ready. */
  signal?: AbortSignal;
}

export interface Supervised {
  readonly pid: number | undefined;
  /** Stops it, for good. */
  stop(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill9(): Promise<void>;
  /** Starts it again after `stop` or `kill9`, and waits until it is ready. */
  start(): Promise<void>;
}

const firstPauseMs = 200;
const longestPauseMs = 10_000;
const steadyAfterMs = 30_000;

/** Starts a process, waits until it is ready, and restarts it, with growing pauses, whenever it dies. */
export async function supervise(spec: ProcessSpec, options: SuperviseOptions): Promise<Supervised> {
  let pauseMs = firstPauseMs;
  const current: { child: ChildProcess | undefined; wanted: boolean } = { child: undefined, wanted: true };

  const launch = async (): Promise<number | undefined> => {
    const startedAt = Date.now();
    const started = spawnLogged(spec);
    current.child = started;
    const pid = started.pid;
    const stopSignal = spec.stopSignal ?? 'SIGTERM';
    if (pid !== undefined) options.children.remember({ pid, name: spec.name, stopSignal });
    let serving = false;
    started.once('exit', (code, signal) => {
      if (pid !== undefined) options.children.forget(pid);
      if (current.child === started) current.child = undefined;
      if (Date.now() - startedAt > steadyAfterMs) pauseMs = firstPauseMs;
      if (serving && current.wanted && options.restart) void again(signal ?? `exit code ${code}`);
    });
    await untilReady(spec, started, options.signal);
    serving = true;
    if (current.child !== started && current.wanted && options.restart) void again('right after its start');
    return pid;
  };

  const again = async (why: string): Promise<void> => {
    options.say(`${spec.name} ended (${why}); starting it again`);
    while (current.wanted && current.child === undefined) {
      await sleep(pauseMs, undefined, { ref: false });
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      if (!current.wanted || current.child !== undefined) return;
      try {
        const pid = await launch();
        options.say(`${spec.name} runs again (pid ${pid})`);
        return;
      } catch (error) {
        if (current.child) await end(current.child, 'SIGKILL', 5000);
        if (current.wanted) options.say(`${spec.name} did not start: ${messageOf(error)}`);
      }
    }
  };

  const halt = async (signal: NodeJS.Signals) => {
    current.wanted = false;
    if (current.child) await end(current.child, signal, spec.stopLimitMs ?? 10_000);
  };

  try {
    await launch();
  } catch (error) {
    await halt('SIGKILL');
    throw error;
  }
  return {
    get pid() {
      return current.child?.pid;
    },
    stop: () => halt(spec.stopSignal ?? 'SIGTERM'),
    kill9: () => halt('SIGKILL'),
    start: async () => {
      current.wanted = true;
      if (current.child === undefined) await launch();
    },
  };
}

/** In a process group of its own: Ctrl-C in the terminal reaches only us, and we stop things in order. */
function spawnLogged(spec: ProcessSpec): ChildProcess {
  const log = openLog(spec.logFile);
  try {
    return spawn(spec.command, [...spec.args], {
      env: spec.env,
      cwd: spec.cwd ?? '/',
      stdio: ['ignore', log, log],
      detached: true,
      ...(spec.user ? { uid: spec.user.uid, gid: spec.user.gid } : {}),
    });
  } finally {
    closeSync(log);
  }
}

async function untilReady(spec: ProcessSpec, child: ChildProcess, signal?: AbortSignal): Promise<void> {
  const startedAt = new Date();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  const deadline = Date.now() + (spec.readyLimitMs ?? 60_000);
  let last: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      await spec.ready(startedAt);
      if (ended === undefined) return;
    } catch (error) {
      last = error;
    }
    if (ended !== undefined) throw new Error(`${spec.name} ended (${ended}).${tail(spec)}`);
    if (Date.now() > deadline) {
      throw new Error(`${spec.name} was not ready in time (${messageOf(last)}).${tail(spec)}`);
    }
    await sleep(40);
  }
}

function tail(spec: ProcessSpec): string {
  const lines = lastLines(spec.logFile, 12);
  return lines === '' ? '' : ` The end of ${spec.logFile}:\n${lines}`;
}

function end(child: ChildProcess, signal: NodeJS.Signals, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill(signal);
  });
}
