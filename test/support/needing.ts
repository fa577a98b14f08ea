import { describe } from 'vitest';
import { hasTool, type ToolName } from './tools.ts';

/**
 * `describe` for tests that need a tool: skipped, by name, on a machine that doesn't have it and where it can't be had.
 * Under `CI=true` that is an error.
 */
export function needing(...tools: readonly ToolName[]): typeof describe.skip {
  return tools.every(hasTool) ? describe : describe.skip;
}
