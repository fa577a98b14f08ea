import { z } from 'zod';
import type { ModelPlannable } from '#domain/plan/plan-by-model.ts';
import type { AnyAction } from './contract.ts';

const objectSchema = z.record(z.string(), z.unknown());

/** An action as a tool for a language model: its purpose, and the schema by which its input is checked. */
export function modelTool(action: AnyAction): ModelPlannable {
  return {
    id: action.id,
    title: action.title,
    inputSchema: objectSchema.parse(z.toJSONSchema(action.input, { io: 'input', unrepresentable: 'any' })),
    read(input) {
      const parsed = action.input.safeParse(input);
      if (parsed.success) return { ok: true, input: parsed.data };
      return {
        ok: false,
        problems: parsed.error.issues.map((issue) => ({
          field: String(issue.path[0] ?? ''),
          message: issue.message,
        })),
      };
    },
  };
}
