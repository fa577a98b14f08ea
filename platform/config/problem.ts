import type { VariableSchemas } from './schema.ts';
import { variableFacts } from './variable.ts';

export interface ConfigProblem {
  name: string;
  /** `is missing`, `is malformed`; never the value, which may be a secret. */
  problem: string;
}

/** One error for all problems: variable, what is wrong, expected form, example. */
export function configError(problems: readonly ConfigProblem[], variables: VariableSchemas): Error {
  const lines = problems.map(({ name, problem }) => {
    const schema = variables[name];
    const facts = schema && variableFacts.get(schema);
    return `  ${name} ${problem}. Expected: ${facts?.form ?? 'text'}. Example: ${name}=${facts?.example ?? ''}`;
  });
  const error = new Error(`The configuration has ${lines.length} problem(s):\n${lines.join('\n')}`);
  error.name = 'ConfigError';
  return error;
}
