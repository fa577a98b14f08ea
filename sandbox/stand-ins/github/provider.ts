import { request } from 'node:http';
import { createEmulator, type Emulator } from 'emulate';
import { freePort } from '../../free-port.ts';
import type { Ledger } from '../../stand-in/ledger.ts';
import {
  type Provider,
  type ProviderAnswer,
  type ProviderCall,
  rebuildProvider,
} from '../../stand-in/provider.ts';
import { type Account, accounts } from '../../stand-in/world.ts';
import { history, seed } from './seed.ts';

/** `emulate` allows one token 5,000 calls per hour, and treats any unknown token as that of the first account. */
const callsPerToken = 4000;

/** The emulated GitHub at `url`, brought to the state that the ledger records. */
export async function startProvider({ url, ledger }: { url: string; ledger: Ledger }): Promise<Provider> {
  const { emulator, port } = await startEmulator(url);
  const host = new URL(url).host;
  let calls = 0;
  const asBot = () => `bot-${Math.floor((calls += 1) / callsPerToken)}`;
  return await rebuildProvider({
    history,
    ledger,
    send: (call, by) => sendTo({ port, host, call, token: by === 'bot' ? asBot() : tokenOf(by) }),
    close: () => emulator.close(),
  });
}

function tokenOf(account: Account): string {
  return `token-of-${account}`;
}

async function startEmulator(url: string, triesLeft = 5): Promise<{ emulator: Emulator; port: number }> {
  // `emulate` doesn't tell which port it chose when it is given a base URL.
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

/** Only headers that a client of GitHub reads; connection headers concern one hop only. */
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
