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

/** What became of a tool so far. */
interface Search {
  tool: Tool;
  found: Found | undefined;
  failures: readonly string[];
}

interface Machine {
  rights: Rights;
  manager: PackageManagerName | undefined;
}

/**
 * Finds each tool, or brings it: as its own project does without rights, then by the machine's package manager where that
 * needs no question. A line for each says which it is and from where, or why there is none and what to do by hand.
 */
export async function findOrBring(
  tools: readonly Tool[],
  options: FindOrBringOptions,
): Promise<ReadonlyMap<Tool, Found>> {
  const { env, install, ci } = options;
  const searches: Search[] = await Promise.all(
    tools.map(async (tool) => ({ tool, ...(await findTool(tool, options)) })),
  );
  const missing = searches.filter(({ found }) => found === undefined);
  const machine: Machine = {
    rights: options.rights ?? (missing.length > 0 ? await rightsHere(env) : 'none'),
    manager: missing.length > 0 ? findPackageManager(env) : undefined,
  };
  const plans = new Map<Search, readonly Step[]>(
    searches.map((search) => {
      const { tool, found } = search;
      const manager = machine.manager && tool.packages[machine.manager] ? machine.manager : undefined;
      const { rights } = machine;
      return [
        search,
        planFor({ found: found !== undefined, ways: tool.ways.length, manager, rights, ci, install }),
      ];
    }),
  );
  const stillTo = (step: Step) =>
    searches.filter((search) => search.found === undefined && plans.get(search)?.includes(step));

  for (const search of stillTo('bring')) add(search, await fetchTool(search.tool, options));
  await installAll(stillTo('install'), options, machine);
  for (const search of searches) tell(search, options, machine);
  const lacking = stillTo('fail').map(({ tool }) => tool.name);
  if (lacking.length > 0) {
    throw new Error(
      `Under CI nothing may be left out, and this could not be had: ${lacking.join(', ')} (see above).`,
    );
  }
  return new Map(searches.flatMap(({ tool, found }) => (found ? [[tool, found] as const] : [])));
}

function add(search: Search, more: Omit<Search, 'tool'>): void {
  search.found = more.found;
  search.failures = [...search.failures, ...more.failures];
}

/** All in one go: the package manager's lock is taken once. */
async function installAll(
  wanted: readonly Search[],
  options: FindOrBringOptions,
  { manager, rights }: Machine,
): Promise<void> {
  if (manager === undefined || wanted.length === 0) return;
  const packages = wanted.flatMap(({ tool }) => tool.packages[manager] ?? []);
  const failure = await installPackages({ ...options, manager, packages, rights }).then(
    () => undefined,
    messageOf,
  );
  for (const search of wanted) {
    const { found, failures } = await findTool(search.tool, options);
    add(search, {
      found: found && { ...found, from: `installed by ${manager}` },
      failures: found ? [] : failure === undefined ? failures : [failure],
    });
  }
}

function tell({ tool, found, failures }: Search, { progress }: FindOrBringOptions, machine: Machine): void {
  progress.done(tool.name, found ? `${found.version}, ${found.path}, ${found.from}` : 'none');
  const more = [...failures, ...(found ? [] : [`by hand: ${byHand(tool, machine)}`])];
  for (const line of more) progress.done('', line);
}

function byHand(tool: Tool, { manager, rights }: Machine): string {
  const known = manager && tool.packages[manager];
  const command = manager && known ? commandByHand(manager, [known], rights) : tool.byHand;
  const isProgram = tool.ways.length > 0 || Object.keys(tool.packages).length > 0;
  return isProgram ? `${command}; or name it in ${tool.variable}` : command;
}
