import type { PackageManagerName } from './package-manager.ts';
import type { Rights } from './rights.ts';

/** What there is of a tool, and what may be done about it. */
export interface Situation {
  found: boolean;
  /** How many ways bring it without rights. */
  ways: number;
  /** The machine's package manager, where it has the tool. */
  manager: PackageManagerName | undefined;
  rights: Rights;
  /** Nobody is there to ask, and nothing may be left out. */
  ci: boolean;
  /** `npm test -- --install`. */
  install: boolean;
}

/** What is tried one after the other, until the tool is there; the last always ends it. */
export type Step = 'use' | 'bring' | 'install' | 'skip' | 'fail';

export function planFor({ found, ways, manager, rights, ci, install }: Situation): readonly Step[] {
  if (found) return ['use'];
  const steps: Step[] = [];
  if (ways > 0) steps.push('bring');
  if (manager !== undefined && mayInstall({ manager, rights, ci, install })) steps.push('install');
  return [...steps, ci ? 'fail' : 'skip'];
}

/**
 * Root installs: that is what root on a fresh machine is for. Others are asked first, by `--install` or by being CI;
 * so is whoever has brew, which wants no rights and refuses root, but changes more than this checkout.
 */
function mayInstall(
  situation: Pick<Situation, 'rights' | 'ci' | 'install'> & { manager: PackageManagerName },
) {
  const { manager, rights, ci, install } = situation;
  const asked = ci || install;
  if (manager === 'brew') return rights !== 'root' && asked;
  if (rights === 'root') return true;
  return rights === 'sudo' && asked;
}
