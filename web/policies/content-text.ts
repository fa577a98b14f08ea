import { AmbiguousJson, parseJson } from '#domain/json/parse-json.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';

/** The parts of a policy that can be edited. */
export interface PolicyContent {
  name: string;
  rules: PolicyView['rules'];
  may_grant: PolicyView['may_grant'];
}

/** A policy's content as text for editing. */
export function contentText({ name, rules, may_grant }: PolicyContent): string {
  return JSON.stringify({ name, rules, may_grant }, null, 2);
}

/** The content in the text, or why it can't be read. The server checks the rules themselves. */
export function contentIn(text: string): { content: PolicyContent } | { problem: string } {
  const parsed = objectIn(text);
  if ('problem' in parsed) return parsed;
  const { name, rules, may_grant = null, ...others } = parsed.object;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return { problem: `${unknown} is not a part of it: name, rules and may_grant are.` };
  if (typeof name !== 'string') return { problem: 'name is missing, or is no text.' };
  if (!isRules(rules)) return { problem: 'rules is missing, or is no object.' };
  if (may_grant !== null && !isRules(may_grant))
    return { problem: 'may_grant is neither an object nor null.' };
  return { content: { name, rules, may_grant } };
}

/** The JSON object in the text, or why there is none. */
export function objectIn(text: string): { object: PolicyView['rules'] } | { problem: string } {
  try {
    const object: unknown = parseJson(text);
    return isRules(object) ? { object } : { problem: 'This is JSON, but no object in braces.' };
  } catch (error) {
    if (error instanceof AmbiguousJson) return { problem: `${error.field || 'A number'} ${error.message}.` };
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isRules(value: unknown): value is PolicyView['rules'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
