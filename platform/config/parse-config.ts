import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { type ConfigProblem, configError } from './problem.ts';
import { environment, type VariableName } from './schema.ts';
import { unknownVariables } from './unknown-variables.ts';
import { variableFacts } from './variable.ts';

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;

type Parsed = z.output<typeof environment>;

/** `DATABASE_URL` is `databaseUrl` here, and so on: one flat frozen object. */
export type Config = {
  readonly [Name in VariableName as CamelCase<Name>]: Parsed[Name];
};

/** A configuration in which the variables that a part can't do without are there. */
export type ConfigWith<Needs extends VariableName> = Config & {
  readonly [Name in Needs as CamelCase<Name>]-?: NonNullable<Parsed[Name]>;
};

interface ParseOptions<Needs extends VariableName> {
  env: Readonly<Record<string, string | undefined>>;
  /** Variables without a default that this process can't do without. */
  needs: readonly Needs[];
}

/** Parses the environment once; throws one `Error` that lists every problem. An empty variable counts as unset. */
export function parseConfig<const Needs extends VariableName>({
  env,
  needs,
}: ParseOptions<Needs>): { config: ConfigWith<Needs>; warnings: readonly string[] } {
  const problems: ConfigProblem[] = [];
  const given: Partial<Record<VariableName, string>> = {};
  for (const name of variableNames()) {
    const value = valueOf(name, env, problems);
    if (value !== undefined) given[name] = value;
    else if (needs.some((needed) => needed === name)) problems.push({ name, problem: 'is missing' });
  }
  const parsed = environment.safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap(problemOf));
  if (problems.length > 0 || !parsed.success) throw configError(problems);
  const entries = Object.entries(parsed.data).map(([name, value]) => [camelCase(name), value]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `CamelCase` and `camelCase` say the same; the config test holds them together
  const config = Object.freeze(Object.fromEntries(entries)) as ConfigWith<Needs>;
  return { config, warnings: unknownVariables(env) };
}

export function variableNames(): VariableName[] {
  return Object.keys(environment.shape).filter((name): name is VariableName => name in environment.shape);
}

/** From the variable, its aliases, or the file that `<NAME>_FILE` names; more than one source is a problem. */
function valueOf(
  name: VariableName,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): string | undefined {
  const { secret = false, aliases = [] } = variableFacts.get(environment.shape[name]) ?? {};
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

function problemOf(issue: z.core.$ZodIssue): ConfigProblem[] {
  const name = variableNames().find((known) => known === issue.path[0]);
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
