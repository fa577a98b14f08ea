import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { type ConfigProblem, configError } from './problem.ts';
import { environment, environmentWith, type VariableName, type VariableSchemas } from './schema.ts';
import { unknownVariables } from './unknown-variables.ts';
import { variableFacts } from './variable.ts';

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;

type Parsed = z.output<typeof environment>;

/** One flat frozen object: `DATABASE_URL` is `databaseUrl` here, and so on. */
export type Config = {
  readonly [Name in VariableName as CamelCase<Name>]: Parsed[Name];
} & {
  /** What was said for variables of connectors, by their names; every name is there. */
  readonly connectorVariables: Readonly<Record<string, unknown>>;
};

/** A configuration in which the variables that a part requires are set. */
export type ConfigWith<Needs extends VariableName> = Config & {
  readonly [Name in Needs as CamelCase<Name>]-?: NonNullable<Parsed[Name]>;
};

interface ParseOptions<Needs extends VariableName> {
  env: Readonly<Record<string, string | undefined>>;
  /** Variables without a default that this process requires. */
  needs: readonly Needs[];
  /** Those of connectors, for a process that has to do with them. */
  connectorVariables?: VariableSchemas;
}

/** Parses the environment once; throws one `Error` that lists every problem. An empty variable counts as unset. */
export function parseConfig<const Needs extends VariableName>({
  env,
  needs,
  connectorVariables = {},
}: ParseOptions<Needs>): { config: ConfigWith<Needs>; warnings: readonly string[] } {
  const schema = environmentWith(connectorVariables);
  const variables: VariableSchemas = schema.shape;
  const problems: ConfigProblem[] = [];
  const given: Record<string, string> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const value = valueOf(name, variable, env, problems);
    if (value !== undefined) given[name] = value;
    else if (needs.some((needed) => needed === name)) problems.push({ name, problem: 'is missing' });
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => problemOf(issue, variables)));
  if (problems.length > 0 || !parsed.success) throw configError(problems, variables);
  const values: Readonly<Record<string, unknown>> = parsed.data;
  const ofConnectors = Object.keys(connectorVariables).map((name) => [name, values[name]]);
  const entries = variableNames()
    .filter((name) => name in values)
    .map((name) => [camelCase(name), values[name]]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `CamelCase` and `camelCase` say the same; the config test holds them together
  const config = Object.freeze({
    ...Object.fromEntries(entries),
    connectorVariables: Object.freeze(Object.fromEntries(ofConnectors)),
  }) as ConfigWith<Needs>;
  return { config, warnings: unknownVariables(env, variables) };
}

/** Our own variables, without those of connectors. */
export function variableNames(): VariableName[] {
  return Object.keys(environment.shape).filter((name): name is VariableName => name in environment.shape);
}

/** Reads the variable, its aliases, or the file that `<NAME>_FILE` names; more than one source is a problem. */
function valueOf(
  name: string,
  variable: z.ZodType,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): string | undefined {
  const { secret = false, aliases = [] } = variableFacts.get(variable) ?? {};
  const names = [name, ...aliases];
  const sources = [...names, ...(secret ? names.map((one) => `${one}_FILE`) : [])].filter(
    (source) => env[source],
  );
  const values = sources.map((source) => {
    const value = env[source] ?? '';
    if (!source.endsWith('_FILE') || !secret) return value;
    try {
      return readFileSync(value, 'utf8').trim();
    } catch {
      problems.push({ name, problem: `can't be read from the file that ${source} names` });
      return '';
    }
  });
  if (new Set(values).size > 1) {
    problems.push({ name, problem: `is given more than once, differently (${sources.join(', ')})` });
  }
  return values[0] || undefined;
}

function problemOf(issue: z.core.$ZodIssue, variables: VariableSchemas): ConfigProblem[] {
  const name = Object.keys(variables).find((known) => known === issue.path[0]);
  if (name === undefined) return [];
  return [
    {
      name,
      problem: issue.code === 'custom' && issue.message.startsWith('is ') ? issue.message : 'is malformed',
    },
  ];
}

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
