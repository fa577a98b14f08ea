import { type Classification, isAbove } from '../classification/classification.ts';
import { CodedError } from '../error.ts';

/** A configured language model, as policy and audit see it. */
export interface ModelFacts {
  /** Name in policies: `local-llm-default`, `gpt-5`, `anthropic/claude-…`. */
  id: string;
  /** `self-hosted` where we run it; else the company that does: `anthropic`, `openai-compatible`. */
  provider: string;
  /** As the installation says; a model whose name belongs to an outside provider counts as external all the same. */
  selfHosted: boolean;
}

/** The model for confidential data where none is named for it (spec/enterprise.md §1.4). */
export const lastResortModel = 'local-llm-default';

const externalPrefixes = ['gpt-', 'claude-', 'gemini-', 'openai/', 'anthropic/', 'google/'];

/** Does a prompt to this model leave the installation? (spec/enterprise.md §1.4) */
export function isExternalModel({ id, selfHosted }: Pick<ModelFacts, 'id' | 'selfHosted'>): boolean {
  const name = id.toLowerCase();
  return !selfHosted || externalPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Labels that never go to an external model unless policy names that model for them. */
export function isKeptInside(label: Classification): boolean {
  return isAbove(label, 'internal');
}

/**
 * Models to try in order: the wanted one, then, for data that may not go there, the first self-hosted one, else the
 * last resort. Never an external one that was not asked for.
 */
export function modelRoute(wanted: string, models: readonly ModelFacts[]): readonly ModelFacts[] {
  const asked = models.filter(({ id }) => id === wanted);
  const inside = models.filter((model) => !isExternalModel(model) && model.id !== wanted);
  const [first] = inside.filter(({ id }) => id !== lastResortModel);
  const fallback = first ?? inside.find(({ id }) => id === lastResortModel);
  return fallback === undefined ? asked : [...asked, fallback];
}

/** A tool that a model may propose to use. */
export interface ModelTool {
  name: string;
  description: string;
  /** JSON Schema of its input. */
  inputSchema: Readonly<Record<string, unknown>>;
}

/** What a model is asked. */
export interface ModelPrompt {
  system: string;
  text: string;
  tools: readonly ModelTool[];
  maxOutputTokens: number;
}

/** What a model answered: text and proposals, both untrusted. */
export interface ModelAnswer {
  text: string;
  proposals: readonly { tool: string; input: unknown }[];
  tokens: { input: number; output: number };
}

/** Asks one model once. Throws `MODEL_UNAVAILABLE`, without a word of the prompt in message or cause. */
export type AskModel = (
  tenantId: string,
  modelId: string,
  prompt: ModelPrompt,
  signal: AbortSignal,
) => Promise<ModelAnswer>;

/** The models of an installation. */
export interface Models {
  readonly facts: readonly ModelFacts[];
  ask: AskModel;
}

/** For an installation without models. */
export const noModels: Models = {
  facts: [],
  ask: async () => {
    throw new CodedError('MODEL_UNAVAILABLE', { message: 'There is no such model.' });
  },
};

/**
 * About what a prompt will cost, rather too much than too little: token limits are checked with it before anything is
 * sent, and the real number replaces it afterwards.
 */
export function estimatedTokens({ system, text, tools }: ModelPrompt): number {
  const prompt = `${system}${text}${JSON.stringify(tools)}`;
  const bytes = new TextEncoder().encode(prompt).length;
  const plain = [...prompt.matchAll(/[ -~\s]+/g)].reduce((sum, [run]) => sum + run.length, 0);
  return Math.ceil(plain / lettersPerToken) + (bytes - plain) + framingTokens;
}

/** English has about four letters to a token, code fewer; other scripts take up to a token for each byte. */
const lettersPerToken = 3;
const framingTokens = 64;
