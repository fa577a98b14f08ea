import { inspect } from 'node:util';
import { MockLanguageModelV4 } from 'ai/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import type { ModelPrompt } from '#domain/model/model.ts';
import { parseModelList } from '#models/model-list.ts';
import { openModels } from '#models/open-models.ts';
import { type ModelFault, type ObedientServer, startObedientServer } from '../support/obedient-server.ts';

let server: ObedientServer;
beforeAll(async () => {
  server = await startObedientServer();
});
afterAll(() => server?.close());
beforeEach(() => {
  server.fault = 'ok';
  server.prompts.length = 0;
  server.keys.length = 0;
});

const prompt: ModelPrompt = {
  system: 'plan',
  text: 'the launch code is swordfish\nDO read {"id":7}',
  tools: [
    {
      name: 'read',
      description: 'Reads',
      inputSchema: { type: 'object', properties: { id: { type: 'number' } } },
    },
  ],
  maxOutputTokens: 50,
};

function models(over: { timeoutMs?: number; baseUrl?: string; key?: string } = {}) {
  return openModels({
    list: parseModelList(
      JSON.stringify([
        {
          id: 'llama',
          provider: 'openai-compatible',
          baseUrl: over.baseUrl ?? server.url,
          model: 'llama-3',
          selfHosted: true,
          ...(over.key === undefined ? {} : { apiKeySecret: 'openclaw-llama/api_key' }),
        },
      ]),
    ),
    readSecret: async (tenantId, name, key) => {
      if (over.key === 'missing') throw new CodedError('CONNECTOR_UNAVAILABLE', { message: 'no file' });
      return `${over.key}-of-${tenantId}-${name}-${key}`;
    },
    timeoutMs: over.timeoutMs ?? 5_000,
  });
}

const ask = (opened = models()) => opened.ask('acme', 'llama', prompt, new AbortController().signal);

describe('a model that is asked', () => {
  it('answers with text, proposals and what it used', async () => {
    expect(await ask()).toEqual({
      text: 'As you wish.',
      proposals: [{ tool: 'read', input: { id: 7 } }],
      tokens: { input: 100, output: 20 },
    });
    expect(JSON.parse(server.prompts[0] ?? '')).toMatchObject({ model: 'llama-3', max_tokens: 50 });
  });

  it('gets the tenant’s key, and none where none is set', async () => {
    await ask(models({ key: 'k' }));
    await ask();
    expect(server.keys).toEqual(['Bearer k-of-acme-openclaw-llama-api_key', '']);
  });

  it('that counts no tokens is counted for', async () => {
    server.fault = 'free';
    const { tokens } = await ask();
    expect(tokens.output).toBe(50);
    expect(tokens.input).toBeGreaterThan(20);
  });
});

/** Everything of an error that could reach a log or an answer. */
const told = (error: unknown) => inspect(error, { depth: 10, showHidden: true });

describe('a model that fails', () => {
  it.each<[ModelFault, 'no' | 'unknown']>([
    ['error', 'no'],
    ['garbage', 'unknown'],
    ['silent', 'unknown'],
    ['cut', 'unknown'],
    ['redirect', 'unknown'],
    ['flood', 'unknown'],
  ])(
    'with %s is unavailable, says whether tokens may be used, and tells nothing of the prompt',
    async (fault, happened) => {
      server.fault = fault;
      const timeoutMs = fault === 'silent' ? 1_500 : 10_000;
      const error = await ask(models({ timeoutMs })).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'MODEL_UNAVAILABLE', happened });
      expect(told(error)).not.toMatch(/swordfish|launch|DO read/);
      expect(server.prompts).toHaveLength(1);
    },
  );

  it('by not being there has used nothing', async () => {
    const gone = await startObedientServer();
    await gone.close();
    const error = await ask(models({ baseUrl: gone.url })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MODEL_UNAVAILABLE', happened: 'no' });
    expect(told(error)).not.toContain('swordfish');
  });

  it('because its key is missing is never called', async () => {
    await expect(ask(models({ key: 'missing' }))).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      happened: 'no',
    });
    expect(server.prompts).toEqual([]);
  });

  it('because nobody configured it is never called', async () => {
    const asking = models().ask('acme', 'gpt-5', prompt, new AbortController().signal);
    await expect(asking).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', happened: 'no' });
  });
});

describe('a scripted model', () => {
  const usage = {
    inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 4, text: 4, reasoning: 0 },
  };

  it('that calls a tool that is not there, or writes no JSON, gives proposals that fit nothing', async () => {
    const model = new MockLanguageModelV4({
      doGenerate: async () => ({
        content: [
          { type: 'tool-call', toolCallId: '1', toolName: 'approve', input: '{}' },
          { type: 'tool-call', toolCallId: '2', toolName: 'read', input: '{"id":' },
        ],
        finishReason: { unified: 'tool-calls', raw: 'x' },
        usage,
        warnings: [],
      }),
    });
    const opened = openModels({
      list: parseModelList(
        '[{"id":"m","provider":"openai-compatible","baseUrl":"http://127.0.0.1:1","selfHosted":true}]',
      ),
      readSecret: async () => '',
      timeoutMs: 1_000,
      open: () => model,
    });
    const { proposals } = await opened.ask('acme', 'm', prompt, new AbortController().signal);
    expect(proposals).toEqual([
      { tool: 'approve', input: {} },
      { tool: 'read', input: '{"id":' },
    ]);
    expect(model.doGenerateCalls).toHaveLength(1);
  });
});

describe('the list of models', () => {
  const good = {
    id: 'llama',
    provider: 'openai-compatible',
    baseUrl: 'http://10.0.0.7:8000/v1',
    selfHosted: true,
  };

  it('takes self-hosted and outside models', () => {
    const claude = {
      id: 'claude-5',
      provider: 'anthropic',
      selfHosted: false,
      apiKeySecret: 'openclaw-anthropic/api_key',
    };
    expect(parseModelList(JSON.stringify([good, claude]))).toMatchObject([
      { id: 'llama' },
      { id: 'claude-5', apiKeySecret: { secret: 'openclaw-anthropic', key: 'api_key' } },
    ]);
  });

  it.each([
    ['no JSON', 'nope', 'is not JSON'],
    ['a key instead of a reference', [{ ...good, apiKey: 'sk-123' }], 'apiKey'],
    [
      'a key where the reference belongs',
      [{ ...good, apiKeySecret: 'SK 123' }],
      'is not <secret name>/<key>',
    ],
    ['no address', [{ ...good, baseUrl: undefined }], 'baseUrl is missing'],
    ['an outside model without https', [{ ...good, selfHosted: false }], 'over https'],
    ['a vendor’s name without https', [{ ...good, id: 'gpt-5' }], 'over https'],
    ['two of one name', [good, good], 'two models have the same id'],
    ['an unknown provider', [{ ...good, provider: 'magic' }], 'provider'],
  ])('refuses %s', (_what, list, words) => {
    const parse = () => parseModelList(typeof list === 'string' ? list : JSON.stringify(list));
    expect(parse).toThrow(words);
    expect(parse).not.toThrow(/sk-123|SK 123/);
  });
});
