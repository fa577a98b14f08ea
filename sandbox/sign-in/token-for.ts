import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFormWalker, type FormWalker, type Visited } from './walk-forms.ts';

export interface TokenForOptions {
  issuer: string;
  /** The e-mail address of an account. */
  account: string;
  password: string;
  /** Default `openclaw-cli`, which uses the device flow. */
  clientId?: string;
  /** If given: the code flow with PKCE, back to this address (where nothing needs to answer). */
  redirectUri?: string;
  clientSecret?: string;
}

export interface Tokens {
  accessToken: string;
  idToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

const scope = 'openid profile email offline_access';

/** A real access token, obtained as a person does: by going through the provider's pages over HTTP. */
export async function tokenFor(options: TokenForOptions): Promise<Tokens> {
  const endpoints = await discover(options.issuer);
  return options.redirectUri === undefined
    ? await byDevice(options, endpoints)
    : await byCode(options, endpoints, options.redirectUri);
}

interface Endpoints {
  authorization: string;
  token: string;
  device: string;
}

async function discover(issuer: string): Promise<Endpoints> {
  const read = await readJson(await fetch(`${issuer}/.well-known/openid-configuration`));
  return {
    authorization: read('authorization_endpoint'),
    token: read('token_endpoint'),
    device: read('device_authorization_endpoint'),
  };
}

async function byDevice(options: TokenForOptions, endpoints: Endpoints): Promise<Tokens> {
  const clientId = options.clientId ?? 'openclaw-cli';
  const started = await post(endpoints.device, { client_id: clientId, scope });
  const walker = createFormWalker();
  const code = await walker.submit(await walker.get(started('verification_uri_complete')));
  const confirmed = await walker.submit(code);
  await logIn(walker, confirmed, options);
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const response = await send(endpoints.token, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: started('device_code'),
      client_id: clientId,
    });
    if (response.ok) return toTokens(await readJson(response));
    const answer = await response.text();
    if (!answer.includes('authorization_pending')) throw new Error(`the device flow was refused: ${answer}`);
    await sleep(100);
  }
  throw new Error('the device flow never ended');
}

async function byCode(options: TokenForOptions, endpoints: Endpoints, redirectUri: string): Promise<Tokens> {
  const clientId = options.clientId ?? 'openclaw-web';
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(endpoints.authorization);
  url.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const walker = createFormWalker({ stopAt: redirectUri });
  const end = await logIn(walker, await walker.get(url), options);
  const code = end.url.searchParams.get('code');
  if (code === null) throw new Error(`no code came back: ${end.url.search || end.html}`);
  const answer = await post(endpoints.token, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: verifier,
    ...(options.clientSecret === undefined ? {} : { client_secret: options.clientSecret }),
  });
  return toTokens(answer);
}

async function logIn(walker: FormWalker, page: Visited, options: TokenForOptions): Promise<Visited> {
  const end = await walker.submit(page, { email: options.account, password: options.password });
  if (end.status === 401) throw new Error(`the provider refused ${options.account}`);
  return end;
}

type Read = (name: string) => string;

async function post(url: string, fields: Record<string, string>): Promise<Read> {
  return await readJson(await send(url, fields));
}

function send(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
}

async function readJson(response: Response): Promise<Read> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text.slice(0, 300)}`);
  const values = new Map<string, unknown>(Object.entries(JSON.parse(text)));
  return (name) => {
    const value = values.get(name);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new Error(`${response.url} sent no ${name}`);
  };
}

function toTokens(read: Read): Tokens {
  return {
    accessToken: read('access_token'),
    idToken: read('id_token'),
    refreshToken: read('refresh_token'),
    expiresIn: Number(read('expires_in')),
  };
}
