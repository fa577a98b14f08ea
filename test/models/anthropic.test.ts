import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseModelList } from '#models/model-list.ts';
import { openModels } from '#models/open-models.ts';

let server: Server;
let url: string;
const seen: { path: string | undefined; headers: IncomingHttpHeaders; body: unknown }[] = [];

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-local',
  content: [
    { type: 'text', text: 'One moment.' },
    { type: 'tool_use', id: 'toolu_1', name: 'read', input: { id: 7 } },
  ],
  stop_reason: 'tool_use',
  stop_sequence: null,
  usage: { input_tokens: 30, output_tokens: 12 },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ path: request.url, headers: request.headers, body: JSON.parse(body) });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
});
afterAll(() => {
  server?.close();
});

describe('a server that speaks like Anthropic', () => {
  it('is asked with the tenant’s key, and answers with proposals and tokens', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'not ours to read');
    onTestFinished(() => void vi.unstubAllEnvs());
    const entry = {
      id: 'own-claude',
      provider: 'anthropic',
      baseUrl: url,
      model: 'claude-local',
      selfHosted: true,
    };
    const models = openModels({
      list: parseModelList(
        JSON.stringify([
          { ...entry, apiKeySecret: 'openclaw-claude/api_key' },
          { ...entry, id: 'keyless' },
        ]),
      ),
      readSecret: async (tenantId) => `key-of-${tenantId}`,
      timeoutMs: 5_000,
    });
    const prompt = {
      system: 'plan',
      text: 'read 7',
      tools: [
        {
          name: 'read',
          description: 'Reads',
          inputSchema: { type: 'object', properties: { id: { type: 'number' } } },
        },
      ],
      maxOutputTokens: 60,
    };
    const { signal } = new AbortController();
    expect(await models.ask('acme', 'own-claude', prompt, signal)).toEqual({
      text: 'One moment.',
      proposals: [{ tool: 'read', input: { id: 7 } }],
      tokens: { input: 30, output: 12 },
    });
    await models.ask('acme', 'keyless', prompt, signal);
    expect(seen.map(({ path }) => path)).toEqual(['/v1/messages', '/v1/messages']);
    expect(seen.map(({ headers }) => headers['x-api-key'])).toEqual(['key-of-acme', '']);
    expect(seen[0]?.body).toMatchObject({ model: 'claude-local', max_tokens: 60, tools: [{ name: 'read' }] });
  });
});
