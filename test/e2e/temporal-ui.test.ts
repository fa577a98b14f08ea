import { randomBytes } from 'node:crypto';
import { Connection, WorkflowClient } from '@temporalio/client';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { approvalWorkflowId, requestWorkflowId } from '#domain/ids.ts';
import { patience } from '../support/patience.ts';
import { approve, askForComment, ended, type People, signInPeople } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const { History } = proto.temporal.api.history.v1;

const secretText = 'Nobody at Temporal reads this line';
const uiOrigin = 'http://127.0.0.1:8233';
const codecPath = `/codec/${randomBytes(24).toString('base64url')}`;

const jsonPayload = z.object({ metadata: z.record(z.string(), z.string()), data: z.string().default('') });
type JsonPayload = z.infer<typeof jsonPayload>;

describe('what Temporal and its UI show', () => {
  let stack: TestStack;
  let people: People;
  let client: WorkflowClient;
  let connection: Connection;
  let waiting: { requestId: string; approvalId: string };
  let done: { requestId: string; approvalId: string };
  let tokens: string[];

  beforeAll(async () => {
    stack = await startStack({ env: { CODEC_PATH: codecPath, CODEC_ORIGIN: uiOrigin } });
    connection = await Connection.connect({ address: stack.temporal.address });
    client = new WorkflowClient({ connection, namespace: 'default' });
    people = await signInPeople(stack);
    tokens = await Promise.all(['user@acme.test', 'lead@acme.test'].map(stack.token));
    const first = await askForComment(people, secretText);
    await approve(people, first.approval);
    await ended(people.user, first.requestId);
    done = { requestId: first.requestId, approvalId: first.approval.id };
    const second = await askForComment(people, `${secretText}, nor this`);
    waiting = { requestId: second.requestId, approvalId: second.approval.id };
  });
  afterAll(async () => {
    await connection?.close();
    await stack?.close();
  });

  async function listed(query: string) {
    const found: { id: string; type: string; attributes: object }[] = [];
    const ours = `TaskQueue = '${stack.taskQueue}' AND ${query}`;
    for await (const { workflowId, type, typedSearchAttributes } of client.list({ query: ours })) {
      const attributes = Object.fromEntries(
        typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      );
      found.push({ id: workflowId, type, attributes });
    }
    return found;
  }

  /** The history as JSON, as anyone with access to the server may have it. */
  async function rawHistory(workflowId: string) {
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId },
    });
    const json: unknown = History.toObject(History.fromObject(history ?? {}), {
      bytes: String,
      enums: String,
    });
    const payloads: JsonPayload[] = [];
    const headers: JsonPayload[] = [];
    collect(json, false, { payloads, headers });
    return { json, payloads, headers };
  }

  const everyId = () =>
    [done, waiting].flatMap(({ requestId, approvalId }) => [
      requestWorkflowId('acme', requestId),
      approvalWorkflowId('acme', approvalId, 1),
    ]);

  it('lists workflows under ids that can be read, by tenant, kind and state', async () => {
    const shown = (query: string) => expect.poll(() => listed(query), patience);
    await shown("Kind = 'request' AND State = 'queued'").toMatchObject([
      {
        id: requestWorkflowId('acme', waiting.requestId),
        type: 'request',
        attributes: { TenantId: 'acme', Kind: 'request', State: 'queued' },
      },
    ]);
    await shown("Kind = 'approval' AND State = 'pending'").toMatchObject([
      { id: approvalWorkflowId('acme', waiting.approvalId, 1), type: 'approval' },
    ]);
    await shown("Kind = 'request' AND State = 'answered'").toMatchObject([
      { id: requestWorkflowId('acme', done.requestId) },
    ]);
    const all = await listed("TenantId = 'acme'");
    expect(all.map(({ id }) => id).toSorted()).toEqual(everyId().toSorted());
    expect(await listed("TenantId = 'globex'")).toEqual([]);
  });

  it('keeps histories without a word of content, an address or a token', async () => {
    for (const id of everyId()) {
      const { json, payloads } = await rawHistory(id);
      const readable = `${JSON.stringify(json)}\n${payloads.map(({ data }) => decoded(data)).join('\n')}`;
      expect(payloads.length).toBeGreaterThan(3);
      expect(readable).toContain('"acme"');
      for (const { metadata } of payloads)
        expect(decoded(metadata['encoding'] ?? '')).toMatch(/^(binary\/encrypted|json\/plain)$/);
      const words = [secretText, 'acme.test', 'Uma User', 'acme/website', 'github_issue_comment', ...tokens];
      expect(words.filter((word) => readable.includes(word))).toEqual([]);
      expect(readable).not.toMatch(/eyJ[\w-]+\.eyJ|stand-in-github-token|Bearer/);
    }
  });

  it('encrypts every payload but search attributes, and puts nothing into headers', async () => {
    for (const id of everyId()) {
      const { payloads, headers } = await rawHistory(id);
      const plain = payloads.filter(({ metadata }) => decoded(metadata['encoding'] ?? '') === 'json/plain');
      const words = new Set(plain.map(({ data }) => String(JSON.parse(decoded(data)))));
      const states = ['request', 'approval', 'running', 'queued', 'answered', 'pending', 'approved'];
      expect([...words].filter((word) => !['acme', ...states].includes(word))).toEqual([]);
      expect(headers).toEqual([]);
    }
  });

  it('decodes for Temporal UI, and for nobody who asks from elsewhere', async () => {
    const { payloads } = await rawHistory(approvalWorkflowId('acme', waiting.approvalId, 1));
    const decode = (path: string, origin: string) =>
      fetch(`${stack.api}${path}/decode?preserveStorageRefs=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, 'x-namespace': 'default' },
        body: JSON.stringify({ payloads }),
      });
    const answer = await decode(codecPath, uiOrigin);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(uiOrigin);
    const shown = z.object({ payloads: z.array(jsonPayload) }).parse(await answer.json());
    const words = shown.payloads.map(({ data }) => decoded(data)).join('\n');
    expect(words).toContain(waiting.approvalId);
    expect(words).toContain('acme/website#7');
    expect(words).not.toContain(secretText);
    expect((await decode(codecPath, 'http://evil.test')).status).toBe(403);
    expect((await decode(`${codecPath.slice(0, -2)}xx`, uiOrigin)).status).toBe(404);
  });
});

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

/** Every payload below a value; those in headers apart, since they bypass the codec. */
function collect(
  value: unknown,
  inHeader: boolean,
  into: { payloads: JsonPayload[]; headers: JsonPayload[] },
): void {
  if (typeof value !== 'object' || value === null) return;
  const payload = jsonPayload.safeParse(value);
  if (payload.success) {
    (inHeader ? into.headers : into.payloads).push(payload.data);
    return;
  }
  for (const [name, inner] of Object.entries(value)) collect(inner, inHeader || name === 'header', into);
}
