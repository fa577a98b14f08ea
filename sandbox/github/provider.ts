import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEmulator, type Emulator } from 'emulate';
import { freePort } from '../free-port.ts';
import { isWrite, type Ledger } from './ledger.ts';
import { type Account, accounts, history, seed } from './world.ts';

export interface ProviderCall {
  method: string;
  /** Path and query. */
  path: string;
  body: string;
}

export interface ProviderAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface Provider {
  /** Brings one call of our bot to the provider and writes it down before the answer comes back. */
  deliver(call: ProviderCall): Promise<ProviderAnswer>;
  /** Reads for a person who looks at the stand-in: no call of ours, so not written down. */
  look(path: string): Promise<ProviderAnswer>;
  close(): Promise<void>;
}

/** `emulate` allows one token 5,000 calls an hour, and takes any token it doesn't know for the first account. */
const callsPerToken = 4000;

/** The emulated GitHub at `url`, brought to the state that the ledger records. */
export async function startProvider({ url, ledger }: { url: string; ledger: Ledger }): Promise<Provider> {
  const { emulator, port } = await startEmulator(url);
  const host = new URL(url).host;
  let calls = 0;
  const asBot = () => `bot-${Math.floor((calls += 1) / callsPerToken)}`;
  const send = (call: ProviderCall, token: string) => sendTo({ port, host, call, token });

  for (const { by, method, path, body } of history) {
    // What is made within one millisecond is listed in either order.
    await sleep(2);
    const call = { method, path, body: JSON.stringify(body) };
    const { status } = await send(call, by === 'bot' ? asBot() : tokenOf(by));
    if (status >= 400)
      throw new Error(`the GitHub stand-in refused its own seed: ${method} ${path} ${status}`);
  }
  for (const { method, path, body, status } of ledger.entries()) {
    if (isWrite(method) && status < 400) await send({ method, path, body: body ?? '' }, asBot());
  }

  // One write at a time, so that a rebuilt world gives the same ids.
  let lastWrite: Promise<unknown> = Promise.resolve();
  const record = async (call: ProviderCall): Promise<ProviderAnswer> => {
    const answer = await send(call, asBot());
    ledger.append({ ...call, status: answer.status });
    return answer;
  };
  return {
    deliver(call) {
      if (!isWrite(call.method)) return record(call);
      const written = lastWrite.then(() => record(call));
      lastWrite = written.catch(() => undefined);
      return written;
    },
    look: (path) => send({ method: 'GET', path, body: '' }, asBot()),
    close: () => emulator.close(),
  };
}

function tokenOf(account: Account): string {
  return `token-of-${account}`;
}

async function startEmulator(url: string, triesLeft = 5): Promise<{ emulator: Emulator; port: number }> {
  // `emulate` doesn't tell which port it chose where it is given a base URL.
  const port = await freePort();
  const tokens = Object.fromEntries(
    (['maria', 'jonas'] as const).map((account) => [tokenOf(account), { login: accounts[account].login }]),
  );
  try {
    const emulator = await createEmulator({
      service: 'github',
      port,
      hostname: '127.0.0.1',
      baseUrl: url,
      seed: { tokens, github: seed },
    });
    return { emulator, port };
  } catch (error) {
    // Somebody else took the port in between.
    if (triesLeft === 0) throw error;
    return startEmulator(url, triesLeft - 1);
  }
}

interface Sending {
  port: number;
  /** The stand-in's own host, which the provider puts into its links. */
  host: string;
  call: ProviderCall;
  token: string;
}

function sendTo({ port, host, call, token }: Sending): Promise<ProviderAnswer> {
  const { method, path, body } = call;
  const headers = {
    host,
    authorization: `token ${token}`,
    accept: 'application/vnd.github+json',
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 502,
          headers: answerHeaders(incoming.headers),
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Only what a client of GitHub looks at; connection headers belong to the hop. */
function answerHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const kept = [
    'content-type',
    'link',
    'location',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
  ];
  return Object.fromEntries(
    kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}
