import { describe, expect, it, onTestFinished } from 'vitest';
import { type Exit, exitCodes } from '#cli/exit-codes.ts';
import { getUserinfo } from '#domain/person/calls.ts';
import { postRequest, watchRequest } from '#domain/request/calls.ts';
import { freePort } from '#sandbox/free-port.ts';
import { type Recorded, requestEvent } from '../support/recorded-gateway.ts';
import { alice, denied, queued, refusal, requestId } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, startOpenclaw } from './run-openclaw.ts';

interface Way {
  words: readonly string[];
  /** What the gateway answers; `away`: there is none. */
  replies: Readonly<Record<string, Recorded>> | 'away';
  signedIn?: boolean;
  /** Ctrl-C, once standard error holds this. */
  interruptAt?: RegExp;
}

const userinfo = (reply: Recorded) => ({ [on(getUserinfo)]: reply });
const waits = {
  [on(postRequest)]: { status: 202, body: queued },
  [on(watchRequest, { id: requestId })]: { chunks: [requestEvent(queued)], ending: 'open' },
} satisfies Record<string, Recorded>;

/** For each documented code, commands that end with it. */
const ways: Record<Exit, readonly Way[]> = {
  ok: [
    { words: ['auth', 'whoami'], replies: userinfo({ body: alice }) },
    { words: ['ask', 'comment'], replies: waits },
  ],
  failed: [
    {
      words: ['auth', 'whoami'],
      replies: userinfo(refusal(404, 'NOT_FOUND', 'There is no such thing.')),
    },
    { words: ['ask', 'close it'], replies: { [on(postRequest)]: { body: denied } } },
  ],
  usage: [
    { words: ['frob'], replies: {} },
    { words: ['ask', '--frob', 'comment'], replies: {} },
    { words: ['config', 'set', 'gateway_url', 'here'], replies: {} },
  ],
  signedOut: [
    { words: ['auth', 'whoami'], replies: {}, signedIn: false },
    { words: ['auth', 'whoami'], replies: userinfo(refusal(401, 'invalid_token', 'The token is over.')) },
  ],
  forbidden: [
    {
      words: ['auth', 'whoami'],
      replies: userinfo(refusal(403, 'forbidden', 'Your role does not allow this.')),
    },
  ],
  unavailable: [
    { words: ['auth', 'whoami'], replies: 'away' },
    {
      words: ['auth', 'whoami'],
      replies: userinfo(refusal(503, 'TEMPORAL_UNAVAILABLE', 'Temporal cannot be reached.')),
    },
  ],
  unfinished: [{ words: ['ask', '--wait', '--timeout', '1', 'comment'], replies: waits }],
  interrupted: [{ words: ['ask', '--wait', 'comment'], replies: waits, interruptAt: /Approval: apr_/ }],
};

const cases = Object.entries(exitCodes).flatMap(([exit, { code }]) =>
  (Object.entries(ways).find(([name]) => name === exit)?.[1] ?? []).map((way) => ({ exit, code, way })),
);

async function ended({ words, replies, signedIn = true, interruptAt }: Way) {
  const gateway = replies === 'away' ? undefined : await startRecordedGateway(replies);
  onTestFinished(async () => gateway?.close());
  const running = startOpenclaw(words, {
    configDir: newConfigDir(),
    gateway: gateway?.url ?? `http://127.0.0.1:${await freePort()}`,
    ...(signedIn ? { token: 'token' } : {}),
  });
  if (interruptAt) {
    await running.said(interruptAt);
    running.child.kill('SIGINT');
  }
  return running.ended;
}

describe('every documented exit code', () => {
  it('has a command that ends with it', () => {
    expect(new Set(cases.map(({ code }) => code))).toEqual(
      new Set(Object.values(exitCodes).map(({ code }) => code)),
    );
  });

  it.each(cases)('$code ($exit) ends $way.words', async ({ code, way }) => {
    expect((await ended(way)).code).toBe(code);
  });
});
