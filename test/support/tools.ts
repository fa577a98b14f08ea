import { opaVersion } from '#policies/build.ts';
import { chromiumTool } from '#sandbox/tools/chromium.ts';
import { faketimeTool } from '#sandbox/tools/faketime.ts';
import { mountTool } from '#sandbox/tools/mount.ts';
import { opaTool } from '#sandbox/tools/opa.ts';
import { pythonTool } from '#sandbox/tools/python.ts';
import { redisTool } from '#sandbox/tools/redis.ts';
import { temporalTool } from '#sandbox/tools/temporal.ts';
import type { Tool } from '#sandbox/tools/tool.ts';

/** What the tests use of the machine, beside Node and PostgreSQL, which npm brings. */
export const testTools = {
  temporal: temporalTool,
  redis: redisTool,
  chromium: chromiumTool,
  faketime: faketimeTool,
  opa: opaTool(opaVersion),
  python: pythonTool,
  mount: mountTool,
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof testTools;

/** Names those that this run doesn't have, between commas; absent until they were looked for. */
export const missingTools = 'OPENCLAW_TEST_TOOLS_MISSING';

export function hasTool(tool: ToolName): boolean {
  return !(process.env[missingTools] ?? '').split(',').includes(tool);
}

/** Path of a tool, in a test that is `needing` it. */
export function toolPath(tool: ToolName): string {
  const { name, variable } = testTools[tool];
  const path = process.env[variable];
  if (path === undefined)
    throw new Error(`This run has no ${name}: a test that uses it says needing('${tool}').`);
  return path;
}
