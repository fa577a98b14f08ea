import type { IncomingMessage, ServerResponse } from 'node:http';

/** One answer of an identity provider, as it goes over the line. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
  /** Bytes of the body after which the connection is cut. */
  cutAt?: number;
}

export type Said = Answer | 'hang' | 'reset';

export const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };
const page = '<!doctype html><title>Sign in</title>';

/** What the provider states about the person `u`. */
export const told = {
  sub: 'u',
  tenant: 'acme',
  groups: ['openclaw-users'],
  org_unit: 'web',
  active: true,
};

export const says = (body: unknown, status = 200, headers: Record<string, string> = json): Answer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const challenge = (value: string, status = 401): Answer =>
  says({}, status, { ...json, 'www-authenticate': value });

export function give(said: Said, request: IncomingMessage, response: ServerResponse): void {
  if (said === 'hang') return;
  if (said === 'reset') return void request.socket.resetAndDestroy();
  const { status, headers = {}, body, cutAt } = said;
  if (cutAt === undefined) return void response.writeHead(status, headers).end(body);
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  response.write(body.slice(0, cutAt), () => setTimeout(() => response.destroy(), 10));
}

/** What no endpoint may say about anybody. */
export const troubles: readonly [string, Said][] = [
  ['no answer', 'hang'],
  ['a reset connection', 'reset'],
  ...[200, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504].map((status): [string, Answer] => [
    `${status} with a page`,
    says(page, status, html),
  ]),
  ...[200, 400, 401, 403, 404, 500].map((status): [string, Answer] => [
    `${status} with nothing`,
    says('', status),
  ]),
  ...[301, 302, 303, 307, 308].map((status): [string, Answer] => [
    `${status} to elsewhere`,
    says('', status, { location: '/elsewhere' }),
  ]),
  ...[
    'invalid_client',
    'unauthorized_client',
    'invalid_request',
    'unsupported_grant_type',
    'invalid_scope',
    'server_error',
  ].flatMap((error) =>
    [400, 401, 403].map((status): [string, Answer] => [`${status} ${error}`, says({ error }, status)]),
  ),
  [
    '401 invalid_client with a challenge',
    says({ error: 'invalid_client' }, 401, { ...json, 'www-authenticate': 'Basic realm="x"' }),
  ],
  ['a challenge of a proxy', challenge('Basic realm="proxy"')],
  ['a challenge that names no error', challenge('Bearer realm="x"')],
  ['a challenge for more scope', challenge('Bearer error="insufficient_scope"', 403)],
  ['invalid_token of another scheme', challenge('Digest error="invalid_token"')],
  ['invalid_token with 403', challenge('Bearer error="invalid_token"', 403)],
  ['invalid_token with 400', challenge('Bearer error="invalid_token"', 400)],
  ['invalid_token in the body alone', says({ error: 'invalid_token' }, 401)],
  ['invalid_grant with 500', says({ error: 'invalid_grant' }, 500)],
  ['invalid_grant with 503', says({ error: 'invalid_grant' }, 503)],
  ['invalid_grant with 429', says({ error: 'invalid_grant' }, 429)],
  ['invalid_grant with 200', says({ error: 'invalid_grant' })],
  ['invalid_grant in a page', says('error: invalid_grant', 400, html)],
  ['invalid_grant twice', says('{"error":"invalid_grant","error":"invalid_client"}', 400)],
  ['a member twice behind a byte order mark', says('\ufeff{"error":"invalid_grant","error":"x"}', 400)],
  ['a list', says('[]')],
  ['null', says('null')],
  ['a text', says('"u"')],
  ['half of the JSON', says(JSON.stringify(told).slice(0, 30))],
  ['a body that is cut', { ...says(told), cutAt: 12 }],
  ['a body without end', says(`{"sub":"u","x":"${'x'.repeat(2_000_000)}"}`)],
];
