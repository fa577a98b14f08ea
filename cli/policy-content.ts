import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import { usageFailure } from './failure.ts';

const record = z.record(z.string(), z.json());

/** What `policy edit` changes; a part that is left out stays as it is. */
const policyContent = z.strictObject({
  name: z.string().optional(),
  rules: record.optional(),
  may_grant: record.nullable().optional(),
});

export type PolicyContent = z.infer<typeof policyContent>;

/** The content of a policy as YAML, for an editor. */
export function contentText({ name, rules, may_grant }: PolicyView): string {
  return stringify({ name, rules, may_grant });
}

export function readContent(text: string): PolicyContent {
  return readAs(policyContent, text);
}

/** Parses YAML or JSON by `schema`; the usage failure for a wrong text names the place. */
export function readAs<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(yaml(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.join('.') || 'the file';
  throw usageFailure(`Not a policy: ${place}: ${issue?.message ?? 'not valid'}.`);
}

function yaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw usageFailure(
      `Neither YAML nor JSON: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
}
