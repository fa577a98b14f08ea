import { randomUUID } from 'node:crypto';

/** One person's view of the REST API. */
export interface Api {
  get<Body>(path: string): Promise<Answer<Body>>;
  post<Body>(path: string, body: unknown): Promise<Answer<Body>>;
  put<Body>(path: string, body: unknown): Promise<Answer<Body>>;
  /** The raw body of a GET. */
  bytes(path: string): Promise<Uint8Array>;
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

/** Calls the public API as any client does: bearer token, JSON, an idempotency key for each new thing. */
export function createApi({ url, token }: { url: string; token: string }): Api {
  const authorization = `Bearer ${token}`;
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization,
        'idempotency-key': randomUUID(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the demo checks what it reads of it
    return { status: response.status, body: (await response.json()) as Body };
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    async bytes(path) {
      const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization } });
      if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
      return response.bytes();
    },
  };
}
