import { join } from 'node:path';
import { lastLine, runProgram } from './run-program.ts';
import type { Tool, Way } from './tool.ts';
import { unpackWheel } from './wheel.ts';

/** python-libfaketime's own build of libfaketime, for Linux on x86-64. */
const wheel = {
  package: 'libfaketime',
  version: '3.0.1',
  sha256: ['5eed7c17f3d4ba0f6f828de4975f69a622b06b1e792674e6c1b069c0689fab79'],
  file: join('libfaketime', 'vendor', 'libfaketime', 'src', 'libfaketime.so.1'),
};

const systemFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
const systemLibraries = systemFolders.map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1'));
const day = 86_400_000;

/** A library that the loader puts before a program, for a clock that jumps; Linux alone lets us do that. */
export const faketimeTool: Tool = {
  name: 'faketime',
  variable: 'FAKETIME_LIBRARY',
  commands: [],
  places: systemLibraries,
  check: async (path, env) => {
    // Our own Node, since that is whose clock the tests let jump.
    const faked = { ...env, LD_PRELOAD: path, FAKETIME: '+7d', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    const { ok, out, err } = await runProgram([process.execPath, '-p', 'Date.now()'], { env: faked });
    if (!ok) return { wrong: `Node does not start with it: ${lastLine(err)}` };
    if (Number(out) - Date.now() < 6 * day)
      return { wrong: `it leaves Node's clock as it is. ${lastLine(err)}` };
    return { version: 'libfaketime' };
  },
  ways: process.platform === 'linux' && process.arch === 'x64' ? [wheelHere()] : [],
  packages:
    process.platform === 'linux'
      ? {
          'apt-get': 'faketime',
          dnf: 'libfaketime',
          zypper: 'libfaketime',
          apk: 'libfaketime',
          pacman: 'libfaketime',
        }
      : {},
  byHand: 'on Linux, install libfaketime',
};

function wheelHere(): Way {
  const kept = (folder: string) => join(folder, `libfaketime-${wheel.version}`, 'libfaketime.so.1');
  return {
    what: `PyPI's ${wheel.package} ${wheel.version}`,
    kept,
    bring: ({ folder, env }) => unpackWheel(wheel, { to: kept(folder), env }),
  };
}
