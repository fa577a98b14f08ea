import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageManagers } from '#sandbox/tools/package-manager.ts';
import { planFor, type Situation, type Step } from '#sandbox/tools/plan.ts';

const managers = ['apt-get', 'dnf', 'zypper', 'apk', 'pacman', 'brew', undefined] as const;
const flags = [true, false] as const;

/** Every situation there is. */
const grid: Situation[] = flags.flatMap((found) =>
  [0, 1, 2].flatMap((ways) =>
    managers.flatMap((manager) =>
      (['root', 'sudo', 'none'] as const).flatMap((rights) =>
        flags.flatMap((ci) => flags.map((install) => ({ found, ways, manager, rights, ci, install }))),
      ),
    ),
  ),
);

const plans = (which: (situation: Situation) => boolean) => grid.filter(which).map(planFor);
const anyHas = (step: Step, which: (situation: Situation) => boolean) =>
  plans(which).some((plan) => plan.includes(step));

describe('what is done about a tool', () => {
  it('is nothing where it is there: nobody is asked, nothing is fetched', () => {
    expect(plans(({ found }) => found).length).toBeGreaterThan(100);
    for (const plan of plans(({ found }) => found)) expect(plan).toEqual(['use']);
  });

  it('is tried without rights first, wherever there is a way', () => {
    for (const plan of plans(({ found, ways }) => !found && ways > 0)) expect(plan[0]).toBe('bring');
    expect(anyHas('bring', ({ ways }) => ways === 0)).toBe(false);
  });

  it.each(Object.keys(packageManagers).filter((name) => name !== 'brew'))(
    'as root: %s installs, asked or not',
    (name) => {
      const asRoot = plans(({ found, manager, rights }) => !found && manager === name && rights === 'root');
      expect(asRoot).toHaveLength(12);
      for (const plan of asRoot) expect(plan).toContain('install');
    },
  );

  it('uses sudo under CI or when asked, and else never', () => {
    const bySudo = (asked: boolean) =>
      plans(
        ({ found, manager, rights, ci, install }) =>
          !found && manager !== undefined && rights === 'sudo' && (ci || install) === asked,
      );
    expect(bySudo(true).every((plan) => plan.includes('install'))).toBe(true);
    expect(bySudo(false).some((plan) => plan.includes('install'))).toBe(false);
  });

  it('never runs brew as root, nor unasked', () => {
    expect(anyHas('install', ({ manager, rights }) => manager === 'brew' && rights === 'root')).toBe(false);
    expect(anyHas('install', ({ manager, ci, install }) => manager === 'brew' && !ci && !install)).toBe(
      false,
    );
    expect(anyHas('install', ({ manager, rights }) => manager === 'brew' && rights === 'none')).toBe(true);
  });

  it('installs nothing without rights, and nothing where no package manager has it', () => {
    expect(anyHas('install', ({ manager, rights }) => manager !== 'brew' && rights === 'none')).toBe(false);
    expect(anyHas('install', ({ manager }) => manager === undefined)).toBe(false);
  });

  it('ends in a skip, under CI in a failure, and in nothing else', () => {
    for (const situation of grid.filter(({ found }) => !found)) {
      const plan = planFor(situation);
      expect(plan.at(-1)).toBe(situation.ci ? 'fail' : 'skip');
      expect(plan.slice(0, -1)).not.toContain('skip');
      expect(plan.slice(0, -1)).not.toContain('fail');
    }
  });

  it('is never less for being asked, or for more rights', () => {
    const steps = (situation: Situation) => planFor(situation).slice(0, -1);
    fc.assert(
      fc.property(fc.constantFrom(...grid), (situation) => {
        const asked = steps({ ...situation, install: true });
        expect(asked).toEqual(expect.arrayContaining([...steps(situation)]));
        if (situation.manager === 'brew') return;
        const stronger = steps({ ...situation, rights: situation.rights === 'none' ? 'sudo' : 'root' });
        expect(stronger).toEqual(expect.arrayContaining([...steps(situation)]));
      }),
      { numRuns: grid.length },
    );
  });
});
