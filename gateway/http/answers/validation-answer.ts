import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CodedError } from '#domain/error.ts';

/** One problem with a call; the field as a dotted path, empty for the whole. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/** What a schema reports about one place, in the fields that the framework and zod have in common. */
const issueExtras = z.object({
  keys: z.array(z.string()).optional(),
  params: z.object({ code: z.string() }).optional(),
});

interface Issue {
  path: readonly string[];
  message: string;
  extras: unknown;
}

const fieldMax = 100;
const problemsMax = 20;

/** The problems that the framework found, field by field; values are never repeated. */
export function validationAnswer(issues: readonly ZodFastifySchemaValidationError[]): CodedError {
  return refusal(
    issues.map(({ instancePath, message = 'is not valid', params }) => ({
      path: instancePath.split('/').filter(Boolean),
      message,
      extras: params,
    })),
  );
}

/** The same for a schema that a handler applies itself, for example an action's input. */
export function schemaRefusal(error: z.ZodError, under: readonly string[] = []): CodedError {
  return refusal(
    error.issues.map((issue) => ({
      path: [...under, ...issue.path.map(String)],
      message: issue.message,
      extras: issue,
    })),
  );
}

function refusal(issues: readonly Issue[]): CodedError {
  const read = issues.map((issue) => ({ issue, extras: issueExtras.safeParse(issue.extras).data ?? {} }));
  const problems = read.flatMap(({ issue, extras }) => problemsOf(issue, extras.keys)).slice(0, problemsMax);
  const badText = read.some(({ extras }) => extras.params?.code === 'INVALID_TEXT');
  const [first] = problems;
  const words = first === undefined ? {} : { message: `${first.field || 'The request'}: ${first.problem}` };
  return new CodedError(badText ? 'INVALID_TEXT' : 'INVALID_REQUEST', { ...words, detail: problems });
}

function problemsOf({ path, message }: Issue, unknownKeys: readonly string[] | undefined): FieldProblem[] {
  if (unknownKeys === undefined) return [{ field: fieldOf(path), problem: message }];
  return unknownKeys.map((key) => ({ field: fieldOf([...path, key]), problem: 'is not a known field' }));
}

function fieldOf(path: readonly string[]): string {
  const field = path.join('.');
  return field.length > fieldMax ? `${field.slice(0, fieldMax)}…` : field;
}
