import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnyAction, type AnyConnector, type CallContext } from '#connectors/contract.ts';
import { plannable } from '#connectors/plannable.ts';
import { createActionTable } from '#connectors/registry.ts';
import { mintPermit, type Permit } from '#domain/action/permit.ts';
import { auditKeys } from '#domain/audit/audit.ts';
import { classifications } from '#domain/classification/classification.ts';
import { type ErrorCode, ProviderError } from '#domain/error.ts';
import { createIntentPlanner } from '#domain/plan/plan-by-intent.ts';
import { variableFacts } from '#platform/config/variable.ts';
import { createStandInAdmin, type StandInAdmin } from '#sandbox/stand-in/admin-client.ts';
import { startStandInOf, type TestStandIn } from './start-stand-in.ts';

type Refusal = [status: number, headers: Record<string, string>, code: ErrorCode, happened: 'no' | 'unknown'];

/** Answers of a provider to a write, and what they mean; for a read `happened` is always `no`. */
const refusals: readonly Refusal[] = [
  [401, {}, 'oauth_token_revoked', 'no'],
  [403, {}, 'permission_denied', 'no'],
  [403, { 'retry-after': '30' }, 'api_rate_limited', 'no'],
  [429, { 'retry-after': '30' }, 'api_rate_limited', 'no'],
  [404, {}, 'target_not_found', 'no'],
  [410, {}, 'target_not_found', 'no'],
  [422, {}, 'target_refused', 'no'],
  [500, {}, 'api_unreachable', 'unknown'],
  [502, {}, 'api_unreachable', 'unknown'],
  [503, {}, 'api_unreachable', 'unknown'],
];

/** Faults after which the provider may have acted, and the error that a write must see. */
const doubtful = [
  [{ kind: 'drop_answer' }, 'api_unreachable'],
  [{ kind: 'reset' }, 'api_unreachable'],
  [{ kind: 'cut_answer', bytes: 20 }, 'api_unreachable'],
  [{ kind: 'delay_answer', ms: 60_000 }, 'api_unreachable'],
  [{ kind: 'deliver_late', ms: 60_000, cut: true }, 'api_unreachable'],
  [{ kind: 'endless_body', chunk: 1, ms: 20, reaches: true }, 'api_unreachable'],
  [{ kind: 'truncate_json', bytes: 20 }, 'response_invalid'],
  [
    { kind: 'answer', status: 200, body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } },
    'response_invalid',
  ],
  [
    { kind: 'answer', status: 200, body: '{}', headers: { 'content-type': 'application/json' } },
    'response_invalid',
  ],
  [{ kind: 'answer', status: 201, body: '', reaches: true }, 'response_invalid'],
] as const;

/** What every connector must do, whatever its provider. Its stand-in is the one that the sandbox starts. */
export function connectorContract(connector: AnyConnector): void {
  describe(`${connector.name}: what it declares`, () => declares(connector));
  describe(`${connector.name}: what it does`, () => does(connector));
}

function declares(connector: AnyConnector): void {
  it('has actions', () => {
    expect(connector.actions.length).toBeGreaterThan(0);
  });

  it('says of each of its variables what people need to know, and which of them is its API root', () => {
    expect(Object.keys(connector.variables)).toContain(connector.apiRootVariable);
    for (const [name, variable] of Object.entries(connector.variables)) {
      expect(name).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
      const { form, example, purpose } = variableFacts.get(variable) ?? {};
      for (const words of [form, example, purpose]) expect(words ?? '').not.toBe('');
    }
    expect(URL.canParse(connector.usualApiRoot)).toBe(true);
    expect(URL.canParse(connector.healthAddress(connector.usualApiRoot))).toBe(true);
  });

  it.each(rowsOf(connector))('%s says what it is', (_id, action) => {
    expect(action.connector).toBe(connector.name);
    expect(action.id).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect(action.operation).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(auditKeys()).toContain(action.audit);
    expect(action.audit.startsWith(`${connector.name}.`)).toBe(true);
    expect(action.title).not.toBe('');
    expect('find' in action).toBe(action.effect !== 'read');
    expect('preview' in action).toBe(action.effect !== 'read');
    expect('guarantee' in action).toBe(action.effect !== 'read');
  });

  it.each(rowsOf(connector))('%s takes its own examples and refuses unknown fields', (_id, action) => {
    expect(action.examples.length).toBeGreaterThan(0);
    for (const { input } of action.examples) {
      expect(action.input.parse(input)).toEqual(input);
      expect(action.input.safeParse({ ...input, surprise: 1 }).success).toBe(false);
      expect(action.input.safeParse({}).success).toBe(false);
    }
  });

  it.each(rowsOf(connector))('%s is planned from its examples, among all actions', async (id, action) => {
    const planner = createIntentPlanner({ actions: createActionTable().actions.map(plannable) });
    for (const { say, input } of action.examples) {
      expect(await planner.plan(say)).toEqual({
        understood: true,
        planner: 'built-in rules',
        actions: [{ action: id, input, origin: 'user' }],
      });
    }
  });

  it.each(rowsOf(connector))('%s names its target without any text that would be sent', (_id, action) => {
    const text = 'a text that only the approver may see';
    for (const { input } of action.examples) {
      const filled = 'body' in input ? { ...input, body: text } : input;
      expect(action.target(filled)).not.toContain(text);
      expect(action.target(filled)).not.toBe('');
      expect(classifications).toContain(action.classify(filled));
      if (action.effect !== 'read' && 'body' in input) expect(action.preview(filled)).toContain(text);
    }
  });
}

function does(connector: AnyConnector): void {
  const start = () => startStandInOf(connector);
  let standIn: TestStandIn;
  let admin: StandInAdmin;
  let context: CallContext<unknown>;

  const open = (baseUrl: string, timeoutMs = 10_000) =>
    connector.open({ secret: standIn.secret, variables: {}, baseUrl, timeoutMs });

  beforeEach(async () => {
    standIn = await start();
    admin = createStandInAdmin(standIn.adminUrl);
    context = { client: await open(standIn.url), signal: new AbortController().signal };
  });
  afterEach(() => standIn.close());

  const writesThatArrived = async () => (await admin.arrivals()).filter(({ method }) => method !== 'GET');
  const happenedFor = (action: AnyAction, happened: 'no' | 'unknown') =>
    action.effect === 'read' ? 'no' : happened;

  it('is healthy where its provider answers', async () => {
    const answer = await fetch(connector.healthAddress(standIn.url), { redirect: 'manual' });
    await answer.body?.cancel();
    expect(answer.status).toBeLessThan(500);
  });

  it('has a stand-in that takes no secret but its own, and says on every answer that it is one', async () => {
    const secret = async () => 'forged';
    const client = await connector.open({ secret, variables: {}, baseUrl: standIn.url, timeoutMs: 10_000 });
    for (const action of connector.actions) {
      expect(await failureOf(action, { client, signal: context.signal })).toMatchObject({
        code: 'oauth_token_revoked',
      });
    }
    expect(await admin.ledger()).toEqual([]);
    const answer = await fetch(standIn.url);
    await answer.body?.cancel();
    expect(answer.headers.get('x-stand-in')).toContain(`${connector.title} stand-in`);
  });

  it.each(rowsOf(connector))('%s answers in its own schema and says what it touched', async (_id, action) => {
    const input = inputOf(action);
    const output = await action.run(permitFor(action), input, context);
    expect(action.output.parse(output)).toEqual(output);
    const touched = action.dataTouched(input, output);
    expect(touched.length).toBeGreaterThan(0);
    for (const item of touched) expect(item.source).toBe(connector.name);
    expect(action.answer(input, output)).toContain(action.target(input));
  });

  it.each(rowsOf(connector))('%s does nothing without a genuine permit of its own', async (_id, action) => {
    const forged = { ...permitFor(action) } as Permit;
    const other = mintPermit({ action: 'another_action', runId: 'req_1/1' });
    for (const permit of [forged, other]) {
      await expect(action.run(permit, inputOf(action), context)).rejects.toMatchObject({ code: 'forbidden' });
      if (action.effect === 'read') continue;
      await expect(action.find(permit, inputOf(action), context)).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect(await admin.arrivals()).toEqual([]);
  });

  for (const [status, headers, code, happened] of refusals) {
    const words = JSON.stringify(headers);
    it.each(rowsOf(connector))(`%s takes ${status} ${words} for ${code}`, async (_id, action) => {
      await admin.setFault({
        times: null,
        fault: { kind: 'answer', status, headers, body: '{"message":"no"}' },
      });
      const error = await failureOf(action, context);
      expect(error).toMatchObject({ code, happened: happenedFor(action, happened) });
      if (code === 'api_rate_limited') expect(error.retryAfterMs).toBe(30_000);
      expect(await admin.arrivals()).toHaveLength(1);
    });
  }

  for (const [fault, code] of doubtful) {
    it.each(rowsOf(connector))(
      `%s after ${JSON.stringify(fault)} doesn't claim to know`,
      async (_id, action) => {
        await admin.setFault({ times: null, fault });
        const hasty = { client: await open(standIn.url, 1_500), signal: context.signal };
        expect(await failureOf(action, hasty)).toMatchObject({
          code,
          happened: happenedFor(action, 'unknown'),
        });
        expect((await writesThatArrived()).length).toBe(action.effect === 'read' ? 0 : 1);
      },
    );
  }

  it.each(rowsOf(connector))('%s knows that nothing happened where nobody listens', async (_id, action) => {
    const gone = await start();
    await gone.close();
    const nowhere = { client: await open(gone.url), signal: context.signal };
    expect(await failureOf(action, nowhere)).toMatchObject({ code: 'api_unreachable', happened: 'no' });
  });

  it.each(rowsOf(connector))('%s sends nothing when its time is over already', async (_id, action) => {
    const over = { client: context.client, signal: AbortSignal.abort() };
    expect(await failureOf(action, over)).toMatchObject({ code: 'api_unreachable', happened: 'no' });
    expect(await admin.arrivals()).toEqual([]);
  });

  const writes = writeRowsOf(connector);

  it.each(writes)('%s finds its effect after it happened, and only then', async (_id, action) => {
    const permit = permitFor(action);
    expect(await action.find(permit, inputOf(action), context)).toEqual({ found: 'no' });
    const output = await action.run(permit, inputOf(action), context);
    expect(await action.find(permit, inputOf(action), context)).toEqual({ found: 'yes', output });
  });

  it.each(writes)('%s finds its effect when the answer got lost', async (_id, action) => {
    await admin.setFault({ fault: { kind: 'drop_answer' } });
    const permit = permitFor(action);
    await action.run(permit, inputOf(action), context).catch(() => undefined);
    expect(await action.find(permit, inputOf(action), context)).toMatchObject({ found: 'yes' });
  });

  it.each(writes)('%s says unknown, with the reason, when it cannot look', async (_id, action) => {
    for (const { code, fault } of [
      { code: 'api_unreachable', fault: { kind: 'answer', status: 503 } },
      { code: 'target_not_found', fault: { kind: 'answer', status: 404 } },
      { code: 'response_invalid', fault: { kind: 'truncate_json', bytes: 10 } },
    ] as const) {
      await admin.clearFaults();
      await admin.setFault({ times: null, fault });
      const found = await action.find(permitFor(action), inputOf(action), context);
      expect(found).toMatchObject({ found: 'unknown', error: { code } });
    }
  });
}

function rowsOf(connector: AnyConnector): [string, AnyAction][] {
  return connector.actions.map((action) => [action.id, action]);
}

type WriteAction = Extract<AnyAction, { effect: 'write' | 'destructive' }>;

function writeRowsOf(connector: AnyConnector): [string, WriteAction][] {
  return connector.actions.flatMap((action) => (action.effect === 'read' ? [] : [[action.id, action]]));
}

function inputOf(action: AnyAction): unknown {
  return action.examples[0]?.input;
}

function permitFor(action: AnyAction): Permit {
  return mintPermit({ action: action.id, runId: 'req_01HZZZZZZZZZZZZZZZZZZZZZZZ/1' });
}

async function failureOf(action: AnyAction, context: CallContext<unknown>): Promise<ProviderError> {
  const failure: unknown = await action.run(permitFor(action), inputOf(action), context).then(
    (output: unknown) => output,
    (error: unknown) => error,
  );
  if (failure instanceof ProviderError) return failure;
  throw new Error(`${action.id} did not fail as a provider call does: ${JSON.stringify(failure)}`);
}
