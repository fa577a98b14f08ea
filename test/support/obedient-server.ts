import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** What the server does with the next call instead of answering. */
export type ModelFault = 'ok' | 'error' | 'garbage' | 'silent' | 'cut' | 'redirect' | 'flood' | 'free';

/** An OpenAI-compatible server whose model obeys every instruction that it reads, wherever it stands. */
export interface ObedientServer {
  /** Base URL, `…/v1`. */
  url: string;
  /** Every prompt that arrived, as sent. */
  prompts: string[];
  keys: string[];
  fault: ModelFault;
  close(): Promise<void>;
}

const question = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
  max_tokens: z.number(),
});

/** `DO <tool> <json>`: the instruction that this model can't resist. */
const order = /DO (\w+) (\{.*?\})(?=$|\n)/gm;

export async function startObedientServer(): Promise<ObedientServer> {
  const server = createServer((request, response) => void serve(made, request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const made: ObedientServer = {
    url: `http://127.0.0.1:${port}/v1`,
    prompts: [],
    keys: [],
    fault: 'ok',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return made;
}

async function serve(
  made: ObedientServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  made.prompts.push(text);
  made.keys.push(request.headers.authorization ?? '');
  switch (made.fault) {
    case 'error':
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end(`{"error":{"message":${JSON.stringify(text)}}}`);
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": "none of them"');
      return;
    case 'silent':
      return;
    case 'cut':
      response.destroy();
      return;
    case 'redirect':
      response.writeHead(307, { location: `${made.url}/elsewhere` }).end();
      return;
    case 'flood':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"x":"${'x'.repeat(6_000_000)}"}`);
      return;
    case 'ok':
    case 'free':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(obey(question.parse(JSON.parse(text)), made.fault === 'free')));
  }
}

function obey({ model, messages }: z.infer<typeof question>, free: boolean) {
  const read = messages.map(({ content }) =>
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  const calls = [...read.join('\n').matchAll(order)].map(([, name, input], at) => ({
    id: `call_${at}`,
    type: 'function',
    function: { name, arguments: input },
  }));
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'As you wish.',
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    ...(free ? {} : { usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } }),
  };
}
