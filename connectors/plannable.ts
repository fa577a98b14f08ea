import { z } from 'zod';
import type { PlannableAction } from '#domain/plan/plan-by-intent.ts';
import type { AnyAction } from './contract.ts';

/** An action for the built-in planner: words in, typed input or named problems out. */
export function plannable(action: AnyAction): PlannableAction {
  const numbers = numberFields(action.input);
  return {
    id: action.id,
    title: action.title,
    intents: action.intents,
    suggestions: action.examples.map((example) => example.say),
    read(slots) {
      const values = Object.entries(slots).map(([field, text]) => [
        field,
        numbers.has(field) ? toNumber(text) : text,
      ]);
      const parsed = action.input.safeParse(Object.fromEntries(values));
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

const objectShape = z.object({ properties: z.record(z.string(), z.object({ type: z.unknown() })) });

function numberFields(input: z.ZodType): ReadonlySet<string> {
  const { properties } = objectShape.parse(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }));
  const names = Object.entries(properties)
    .filter(([, property]) => property.type === 'integer' || property.type === 'number')
    .map(([name]) => name);
  return new Set(names);
}

/** Only the plain form of a number, so that the target that is shown occurs literally in the text. */
function toNumber(text: string): number | string {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}
