import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A machine that has nothing but what is put on its `PATH`. */
export interface FakeMachine {
  /** Its only folder on `PATH`. */
  bin: string;
  /** Where what is brought goes. */
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Puts a program there: lines of a shell script, which may write to `$SAID`; its path. */
  put(name: string, script: string): string;
  /** What its programs have written to `$SAID`, by line. */
  said(): string[];
  close(): void;
}

export function createFakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'openclaw-machine-'));
  const [bin, folder, said] = [join(root, 'bin'), join(root, 'data'), join(root, 'said')];
  mkdirSync(bin);
  mkdirSync(folder);
  return {
    bin,
    folder,
    env: { PATH: bin, HOME: root, SAID: said },
    put(name, script) {
      const path = join(bin, name);
      writeFileSync(path, `#!/bin/sh\nPATH=/usr/bin:/bin:$PATH\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    },
    said: () => (existsSync(said) ? readFileSync(said, 'utf8').trimEnd().split('\n') : []),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}
