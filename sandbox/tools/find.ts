import { existsSync, realpathSync } from 'node:fs';
import { findCommands } from '../find-command.ts';
import type { Tool } from './tool.ts';

export interface Found {
  path: string;
  version: string;
  /** In words: `on PATH`. */
  from: string;
}

export interface Looked {
  found: Found | undefined;
  /** Why what was there, or was tried, won't do. */
  failures: readonly string[];
}

export interface FindOptions {
  env: NodeJS.ProcessEnv;
  /** Where tools are kept that were brought before. */
  folder: string;
}

/**
 * The first that will do: named by its variable, on `PATH`, in one of its places, brought before. A variable that names
 * something else is an error: who set it means it.
 */
export async function findTool(tool: Tool, { env, folder }: FindOptions): Promise<Looked> {
  const named = env[tool.variable];
  if (named) {
    const checked = await tool.check(named, env);
    if ('wrong' in checked) throw new Error(`${tool.variable} is ${named}, but ${checked.wrong}.`);
    return {
      found: { path: named, version: checked.version, from: `named by ${tool.variable}` },
      failures: [],
    };
  }
  const kept = await Promise.all(tool.ways.map(async (way) => way.kept(folder)));
  const failures: string[] = [];
  const seen = new Set<string>();
  for (const { path, from } of [
    ...findCommands(tool.commands, env['PATH']).map((path) => ({ path, from: 'on PATH' })),
    ...(tool.places ?? []).map((path) => ({ path, from: 'installed' })),
    ...kept.map((path) => ({ path, from: 'brought before' })),
  ]) {
    if (!existsSync(path) || seen.has(realpathSync(path))) continue;
    seen.add(realpathSync(path));
    const checked = await tool.check(path, env);
    if ('version' in checked) return { found: { path, version: checked.version, from }, failures };
    failures.push(`${path}: ${checked.wrong}`);
  }
  return { found: undefined, failures };
}
