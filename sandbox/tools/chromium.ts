import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastLine, runProgram } from './run-program.ts';
import type { Checked, Tool } from './tool.ts';

/** Where macOS keeps them. */
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A browser that starts: one that only says its version may still lack a library. */
export const chromiumTool: Tool = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: macApplications,
  check: showPage,
  ways: [
    {
      what: 'the download of Playwright',
      // Playwright's own cache, which other checkouts share.
      kept: async () => (await import('playwright-core')).chromium.executablePath(),
      bring: async ({ env }) => {
        const cli = join(
          dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
          'cli.js',
        );
        const installed = await runProgram([process.execPath, cli, 'install', '--no-shell', 'chromium'], {
          env,
          timeoutMs: 1_800_000,
        });
        if (!installed.ok) throw new Error(reasonOf(`${installed.out}\n${installed.err}`));
      },
    },
  ],
  packages: {
    'apt-get': 'chromium',
    dnf: 'chromium',
    zypper: 'chromium',
    apk: 'chromium',
    pacman: 'chromium',
  },
  byHand: 'install Chrome or Chromium',
};

async function showPage(path: string, env: NodeJS.ProcessEnv): Promise<Checked> {
  const profile = mkdtempSync(join(tmpdir(), 'openclaw-browser-'));
  try {
    const shown = await runProgram(
      [
        path,
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        `--user-data-dir=${profile}`,
        '--dump-dom',
        'data:text/html,<p>it starts</p>',
      ],
      { env },
    );
    if (!shown.ok || !shown.out.includes('it starts')) {
      const missing = await missingLibraries(path, shown.err, env);
      return {
        wrong:
          missing.length === 0
            ? `it does not start: ${lastLine(shown.err)}`
            : `it does not start, for want of ${missing.join(', ')}`,
      };
    }
    const { out } = await runProgram([path, '--version'], { env });
    return { version: lastLine(out) };
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

/** The loader names the first library that it doesn't find; ldd knows them all, where the program isn't a script. */
async function missingLibraries(path: string, said: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const first = /error while loading shared libraries: ([^:\s]+)/.exec(said)?.[1];
  const { out } = await runProgram(['ldd', path], { env });
  const all = [...out.matchAll(/^\s*(\S+) => not found$/gm)].map(([, library = '']) => library);
  return all.length > 0 ? all : first === undefined ? [] : [first];
}

/** Playwright shows each try with its stack, and wraps it twice; what went wrong is inside. */
function reasonOf(said: string): string {
  return /^Error: (?!Failed to download|Download failure)(.+)$/m.exec(said)?.[1] ?? lastLine(said);
}
