import {
  APICallError,
  generateText,
  jsonSchema,
  type LanguageModel,
  NoObjectGeneratedError,
  type ToolSet,
} from 'ai';
import { ProviderError } from '#domain/error.ts';
import { estimatedTokens, type ModelAnswer, type ModelPrompt } from '#domain/model/model.ts';

/** Most proposals that are read of one answer; one more shows that it is no plan. */
const proposalLimit = 100;

/**
 * Asks a model once, without retries of its own. Throws `MODEL_UNAVAILABLE`, which says whether tokens may have been
 * used; the library's errors contain the prompt, so none of them is passed on.
 */
export async function askModel(
  model: LanguageModel,
  prompt: ModelPrompt,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const tools: ToolSet = Object.fromEntries(
    prompt.tools.map(({ name, description, inputSchema }) => [
      name,
      { description, inputSchema: jsonSchema<Record<string, unknown>>({ ...inputSchema }) },
    ]),
  );
  try {
    const { text, toolCalls, totalUsage } = await generateText({
      model,
      instructions: prompt.system,
      prompt: prompt.text,
      tools,
      maxOutputTokens: prompt.maxOutputTokens,
      maxRetries: 0,
      abortSignal: signal,
    });
    const { inputTokens, outputTokens } = totalUsage;
    return {
      text,
      proposals: toolCalls.slice(0, proposalLimit).map(({ toolName, input }) => ({ tool: toolName, input })),
      tokens: {
        input: counted(inputTokens) ?? estimatedTokens(prompt),
        output: counted(outputTokens) ?? prompt.maxOutputTokens,
      },
    };
  } catch (thrown) {
    throw new ProviderError('MODEL_UNAVAILABLE', happened(thrown), { cause: new Error(kindOf(thrown)) });
  }
}

/** Ignores the count of a provider that returns none, or nonsense. */
function counted(tokens: number | undefined): number | undefined {
  return tokens !== undefined && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : undefined;
}

/** An answer with a status other than success. */
function happened(thrown: unknown): 'no' | 'unknown' {
  if (!APICallError.isInstance(thrown)) return 'unknown';
  if (thrown.statusCode !== undefined) return thrown.statusCode >= 400 ? 'no' : 'unknown';
  return refused(thrown.cause) ? 'no' : 'unknown';
}

function refused(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code) || refused(cause.cause);
}

/** What went wrong, for the log: a name and a status, never a message. */
function kindOf(thrown: unknown): string {
  if (APICallError.isInstance(thrown)) return `model call: status ${thrown.statusCode ?? 'none'}`;
  if (NoObjectGeneratedError.isInstance(thrown)) return 'model call: no answer';
  return `model call: ${thrown instanceof Error ? thrown.name : 'failed'}`;
}
