import { messageOf } from '../message-of.ts';
import { type FetchOptions, fetchTool } from './fetch.ts';
import { type Found, findTool } from './find.ts';
import { installPackages } from './install-packages.ts';
import { commandByHand, findPackageManager, type PackageManagerName } from './package-manager.ts';
import { planFor, type Step } from './plan.ts';
import { type Rights, rightsHere } from './rights.ts';
import type { Tool } from './tool.ts';

export interface FindOrBringOptions extends FetchOptions {
  /** Asked to install what is missing, by `sudo` too. */
  install: boolean;
  /** Nobody is there to ask: what is missing is installed, and what can't be had is an error. */
  ci: boolean;
  /** What we may do to the machine; found out when something is missing. */
  rights?: Rights;
}

const indent = ' '.repeat(18);

/** What became of a tool so far. */
interface Search {
  tool: Tool;
  found: Found | undefined;
  failures: string[];
  steps: readonly Step[];
}

/**
 * Finds each tool, or brings it: as its own project does without rights, then by the machine's package manager where that
 * needs no question. A line for each says which it is and from where, or why there is none and what to do by hand.
 */
export async function findOrBring<Name extends string>(
  tools: Readonly<Record<Name, Tool>>,
  options: FindOrBringOptions,
): Promise<Partial<Record<Name, Found>>> {
  const { progress, ci, install, env } = options;
  const names = Object.keys(tools) as Name[];
  const searches = await Promise.all(names.map((name) => lookFor(tools[name], options)));
  const missing = searches.filter(({ found }) => found === undefined);
  const rights = missing.length === 0 ? 'none' : (options.rights ?? (await rightsHere(env)));
  const manager = missing.length === 0 ? undefined : findPackageManager(env);
  for (const search of searches) {
    const { found, tool } = search;
    const has = manager !== undefined && tool.packages[manager] !== undefined ? manager : undefined;
    search.steps = planFor({
      found: found !== undefined,
      ways: tool.ways.length,
      manager: has,
      rights,
      ci,
      install,
    });
  }
  for (const search of missing.filter(({ steps }) => steps.includes('bring'))) {
    const { found, failures } = await fetchTool(search.tool, options);
    search.found = found;
    search.failures.push(...failures);
  }
  if (manager !== undefined) await installMissing(missing, { ...options, manager, rights });

  for (const { tool, found, failures } of searches) {
    progress.done(tool.name, found ? `${found.version}, ${found.path}, ${found.from}` : 'none');
    for (const failure of failures) progress.note(`${indent}${failure}`);
    if (found === undefined) progress.note(`${indent}By hand: ${byHand(tool, manager, rights)}`);
  }
  const lacking = searches.filter(({ found, steps }) => found === undefined && steps.includes('fail'));
  if (lacking.length > 0) {
    throw new Error(
      `Nothing may be left out under CI, and there is no ${namesOf(lacking)} to be had (see above).`,
    );
  }
  const had: Partial<Record<Name, Found>> = {};
  for (const [at, name] of names.entries()) {
    const found = searches[at]?.found;
    if (found) had[name] = found;
  }
  return had;
}

async function lookFor(tool: Tool, options: FindOrBringOptions): Promise<Search> {
  const { found, failures } = await findTool(tool, options);
  return { tool, found, failures: [...failures], steps: [] };
}

/** All in one go: the package manager's lock is taken once. */
async function installMissing(
  missing: readonly Search[],
  options: FindOrBringOptions & { manager: PackageManagerName; rights: Rights },
): Promise<void> {
  const { manager } = options;
  const wanted = missing.filter(({ found, steps }) => found === undefined && steps.includes('install'));
  const packages = wanted.flatMap(({ tool }) => tool.packages[manager] ?? []);
  if (packages.length === 0) return;
  const failure = await installPackages({ ...options, packages }).then(() => undefined, messageOf);
  for (const search of wanted) {
    const { found, failures } = await findTool(search.tool, options);
    search.found = found && { ...found, from: `installed by ${manager}` };
    if (found === undefined) search.failures = [...search.failures, ...(failure ? [failure] : failures)];
  }
}

function byHand(tool: Tool, manager: PackageManagerName | undefined, rights: Rights): string {
  const known = manager && tool.packages[manager];
  const command = manager && known ? commandByHand(manager, [known], rights) : tool.byHand;
  return `${command}; or name it in ${tool.variable}.`;
}

function namesOf(searches: readonly Search[]): string {
  return searches.map(({ tool }) => tool.name).join(' and no ');
}
