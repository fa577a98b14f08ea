import type { LanguageModel } from 'ai';
import { CodedError, ProviderError } from '#domain/error.ts';
import type { Models } from '#domain/model/model.ts';
import type { SecretReader } from '#platform/secrets/read-secret.ts';
import { askModel } from './ask-model.ts';
import { languageModel } from './language-model.ts';
import { type ModelEntry, modelFacts } from './model-list.ts';

interface OpenModelsOptions {
  list: readonly ModelEntry[];
  /** Keys belong to the tenant and are read anew for each call, so a rotated one is used at once. */
  readSecret: SecretReader;
  /** Limit of one call, in milliseconds. */
  timeoutMs: number;
  /** Creates the client of a provider; replaced in tests that script a model. */
  open?: (entry: ModelEntry, apiKey: string | undefined) => LanguageModel;
}

/** The configured models. Only `governance/model/call.ts` asks them (held by test/models/one-door.test.ts). */
export function openModels({ list, readSecret, timeoutMs, open = languageModel }: OpenModelsOptions): Models {
  return {
    facts: list.map(modelFacts),
    async ask(tenantId, modelId, prompt, signal) {
      const entry = list.find(({ id }) => id === modelId);
      if (entry === undefined) {
        throw new ProviderError('MODEL_UNAVAILABLE', 'no', { message: 'There is no such model.' });
      }
      const apiKey = await keyOf(entry, tenantId, readSecret);
      return askModel(open(entry, apiKey), prompt, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    },
  };
}

async function keyOf(
  { apiKeySecret }: ModelEntry,
  tenantId: string,
  readSecret: SecretReader,
): Promise<string | undefined> {
  if (apiKeySecret === undefined) return undefined;
  try {
    return await readSecret(tenantId, apiKeySecret.secret, apiKeySecret.key);
  } catch (thrown) {
    const why = thrown instanceof CodedError ? thrown.message : undefined;
    throw new ProviderError('MODEL_UNAVAILABLE', 'no', {
      message: "The model's key is not among the tenant's secrets.",
      ...(why === undefined ? {} : { cause: new Error(why) }),
    });
  }
}
