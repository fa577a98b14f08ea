import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { boundedFetch } from './bounded-fetch.ts';
import type { ModelEntry } from './model-list.ts';

/**
 * The provider's client for one model. Without a key none is sent: the environment variables of the libraries are never
 * read.
 */
export function languageModel(entry: ModelEntry, apiKey: string | undefined): LanguageModel {
  const { provider, baseUrl, id, model = id } = entry;
  switch (provider) {
    case 'openai-compatible':
      return createOpenAICompatible({
        name: 'openai-compatible',
        baseURL: baseUrl ?? '',
        fetch: boundedFetch,
        ...(apiKey === undefined ? {} : { apiKey }),
      }).chatModel(model);
    case 'anthropic':
      return createAnthropic({
        baseURL: baseUrl ?? 'https://api.anthropic.com/v1',
        fetch: boundedFetch,
        apiKey: apiKey ?? '',
      }).languageModel(model);
  }
}
