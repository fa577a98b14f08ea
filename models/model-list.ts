import { z } from 'zod';
import { isExternalModel, type ModelFacts } from '#domain/model/model.ts';

const secretRef = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}\/[a-z][a-z0-9_-]{0,62}$/, 'is not <secret name>/<key>')
  .transform((ref) => {
    const [secret = '', key = ''] = ref.split('/');
    return { secret, key };
  });

const model = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9][\w./:-]{0,99}$/, 'is not a name of a model'),
    provider: z.enum(['openai-compatible', 'anthropic']),
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** The provider's name for it; default: the id. */
    model: z.string().min(1).max(200).optional(),
    selfHosted: z.boolean(),
    /** Where its key is: a reference to a secret of the tenant, never the key. */
    apiKeySecret: secretRef.optional(),
  })
  .superRefine((entry, context) => {
    const problem = problemOf(entry);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

export type ModelEntry = z.output<typeof model>;

const list = z
  .array(model)
  .max(100)
  .refine((models) => new Set(models.map(({ id }) => id)).size === models.length, {
    error: 'two models have the same id',
  });

interface Address {
  id: string;
  provider: 'openai-compatible' | 'anthropic';
  baseUrl?: string | undefined;
  selfHosted: boolean;
}

function problemOf({ id, provider, baseUrl, selfHosted }: Address): string | undefined {
  if (provider === 'openai-compatible' && baseUrl === undefined) return `${id}: baseUrl is missing`;
  if (provider === 'anthropic' && selfHosted && baseUrl === undefined) {
    return `${id}: a self-hosted model needs a baseUrl`;
  }
  if (baseUrl?.startsWith('http:') === true && isExternalModel({ id, selfHosted })) {
    return `${id}: an external model is reached over https`;
  }
  return undefined;
}

/** The models of `MODELS_FILE`; throws one `Error` that lists every problem. */
export function parseModelList(text: string): readonly ModelEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('MODELS_FILE is not JSON');
  }
  const parsed = list.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'list'}: ${message}`);
  throw new Error(`MODELS_FILE is not right:\n  ${problems.join('\n  ')}`);
}

/** A model as policy and audit see it. */
export function modelFacts({ id, provider, selfHosted }: ModelEntry): ModelFacts {
  return { id, provider: selfHosted ? 'self-hosted' : provider, selfHosted };
}
