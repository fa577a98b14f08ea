import { request } from 'node:http';
import { z } from 'zod';

export interface RawCall {
  /** POST by default. */
  method?: string;
  /** `/api/v1/requests` by default. */
  path?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  /** Another than the caller's own. */
  token?: string;
}

const answered = z.looseObject({ id: z.string().optional(), error: z.unknown().optional() });

export interface RawAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: z.infer<typeof answered>;
}

export interface RawCaller {
  call(call: RawCall): Promise<RawAnswer>;
  /** Status and code of every answer so far. */
  seen(): readonly { status: number; error: unknown }[];
}

/** Sends bytes as they are, each over a connection of its own. An answer that isn't JSON counts as an error of no catalogue. */
export function createRawCaller({ url, token }: { url: string; token: string }): RawCaller {
  const seen: { status: number; error: unknown }[] = [];
  return {
    seen: () => [...seen],
    async call({ method = 'POST', path = '/api/v1/requests', body, headers = {}, token: as = token }) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = { authorization: `Bearer ${as}`, ...type, ...headers };
      const answer = await exchange(new URL(path, url), { method, headers: sent, body });
      seen.push({ status: answer.status, error: answer.body.error });
      return answer;
    },
  };
}

interface Exchange {
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

function exchange(url: URL, { method, headers, body }: Exchange): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const call = request(url, { method, agent: false, headers: { ...length, ...headers } });
    call.once('error', reject).once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject).once('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read(text, url) });
      });
    });
    call.end(body);
  });
}

function read(text: string, url: URL): RawAnswer['body'] {
  const found = answered.safeParse(parsed(text));
  return found.data ?? { error: `${url.pathname} answered no JSON: ${text.slice(0, 200)}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
