import { closest, distance } from 'fastest-levenshtein';
import type { VariableSchemas } from './schema.ts';
import { variableFacts } from './variable.ts';

const prefix = 'OPENCLAW_';

/** Read by the command line and by `npm start`, and often exported in the same shell (spec/decisions.md 32). */
const readElsewhere = [
  'OPENCLAW_GATEWAY_URL',
  'OPENCLAW_AUTH_METHOD',
  'OPENCLAW_TOKEN',
  'OPENCLAW_CONFIG_DIR',
  'OPENCLAW_CA_FILE',
  'OPENCLAW_DATA_DIR',
];

/** A warning for each `OPENCLAW_*` variable that nothing reads, with the nearest name that is read. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  variables: VariableSchemas,
): string[] {
  const known = [
    ...readElsewhere,
    ...Object.entries(variables).flatMap(([name, schema]) => [
      name,
      ...(variableFacts.get(schema)?.aliases ?? []),
    ]),
  ];
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.includes(name))
    .map((name) => `${name} is not a variable of ours. Did you mean ${nearest(name, known)}?`);
}

/** With or without our prefix: `OPENCLAW_DATABSE_URL` is close to `DATABASE_URL`. */
function nearest(name: string, known: readonly string[]): string {
  const bare = name.slice(prefix.length);
  const candidates = [closest(name, known), closest(bare, known)] as const;
  const [whole, short] = candidates;
  return distance(bare, short) < distance(name, whole) ? short : whole;
}
