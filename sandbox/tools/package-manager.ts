import { findCommand } from '../find-command.ts';
import type { Rights } from './rights.ts';

export interface PackageManager {
  /** Brings its lists up to date: on a fresh machine there are none. */
  update?: readonly [string, ...string[]];
  /** Asks nothing; the packages follow. */
  install: readonly [string, ...string[]];
  env?: Readonly<Record<string, string>>;
  /** What a person would type before the packages. */
  byHand: string;
}

export type PackageManagerName = 'apt-get' | 'dnf' | 'zypper' | 'apk' | 'pacman' | 'brew';

/** In the order in which they are looked for. Where somebody else is installing, apt waits for the lock. */
export const packageManagers: Readonly<Record<PackageManagerName, PackageManager>> = {
  'apt-get': {
    update: ['apt-get', 'update', '-q'],
    install: [
      'apt-get',
      'install',
      '-q',
      '-y',
      '--no-install-recommends',
      '--option=DPkg::Lock::Timeout=600',
    ],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    byHand: 'apt-get install',
  },
  dnf: { install: ['dnf', 'install', '-q', '-y'], byHand: 'dnf install' },
  zypper: { install: ['zypper', '--non-interactive', 'install'], byHand: 'zypper install' },
  apk: { install: ['apk', 'add', '--no-cache'], byHand: 'apk add' },
  pacman: { install: ['pacman', '-Sy', '--noconfirm', '--needed'], byHand: 'pacman -Sy' },
  brew: { install: ['brew', 'install', '--quiet'], byHand: 'brew install' },
};

/** The machine's own; `undefined` where we know none. */
export function findPackageManager(env: NodeJS.ProcessEnv): PackageManagerName | undefined {
  return Object.keys(packageManagers)
    .filter(isPackageManager)
    .find((name) => findCommand([name], env['PATH']) !== undefined);
}

function isPackageManager(name: string): name is PackageManagerName {
  return name in packageManagers;
}

/** What a person would type. */
export function commandByHand(
  manager: PackageManagerName,
  packages: readonly string[],
  rights: Rights,
): string {
  const prefix = rights === 'root' || manager === 'brew' ? '' : 'sudo ';
  return `${prefix}${packageManagers[manager].byHand} ${packages.join(' ')}`;
}
