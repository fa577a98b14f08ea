import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { compileCache } from '../support/compile-cache.ts';

const bin = fileURLToPath(new URL('../../cli/openclaw.js', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output as the JSON document it should be. */
  json: () => unknown;
}

interface RunOptions {
  /** Where configuration and sign-in live; a person. */
  configDir: string;
  gateway?: string;
  token?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** An installed `openclaw`, and the PATH where it finds its Node; else the checkout's. */
  installed?: { openclaw: string; path: string };
}

/** The real `openclaw` in a process of its own, running. */
export function startOpenclaw(words: readonly string[], options: RunOptions) {
  const { configDir, gateway, token, env = {}, stdin, installed } = options;
  const [command, ...args] = installed ? [installed.openclaw] : [process.execPath, bin];
  const child = spawn(command, [...args, ...words], {
    env: {
      ...compileCache,
      PATH: installed?.path ?? process.env.PATH,
      HOME: configDir,
      OPENCLAW_CONFIG_DIR: configDir,
      ...(gateway === undefined ? {} : { OPENCLAW_GATEWAY_URL: gateway }),
      ...(token === undefined ? {} : { OPENCLAW_TOKEN: token }),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const watch of watchers) watch();
  });
  child.stdin.end(stdin ?? '');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) }));
  });
  return {
    child,
    ended,
    /** Resolves with standard error once it holds what is waited for. */
    said(pattern: RegExp): Promise<string> {
      return new Promise((resolve, reject) => {
        const watch = () => {
          if (pattern.test(stderr)) resolve(stderr);
        };
        watchers.add(watch);
        void ended.then(() => reject(new Error(`openclaw ended without saying ${pattern}: ${stderr}`)));
        watch();
      });
    },
  };
}

export function openclaw(words: readonly string[], options: RunOptions): Promise<Ended> {
  return startOpenclaw(words, options).ended;
}

/** An empty configuration folder, gone when the test ends. */
export function newConfigDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'openclaw-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
