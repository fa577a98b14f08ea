import { messageOf } from '../message-of.ts';
import type { Progress } from '../progress.ts';
import type { FindOptions, Looked } from './find.ts';
import type { Tool } from './tool.ts';

export interface FetchOptions extends FindOptions {
  progress: Progress;
}

/** Brings a tool the first way that works, without rights on the machine. */
export async function fetchTool(tool: Tool, { env, folder, progress }: FetchOptions): Promise<Looked> {
  const failures: string[] = [];
  for (const way of tool.ways) {
    try {
      await progress.during(`fetching ${tool.name}: ${way.what}`, () => way.bring({ folder, env }));
      const path = await way.kept(folder);
      const checked = await tool.check(path, env);
      if ('version' in checked)
        return { found: { path, version: checked.version, from: way.what }, failures };
      failures.push(`${way.what}: ${checked.wrong}`);
    } catch (error) {
      failures.push(`${way.what}: ${messageOf(error)}`);
    }
  }
  return { found: undefined, failures };
}
