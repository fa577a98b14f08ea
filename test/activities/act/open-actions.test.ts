import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createOpenAction } from '#activities/act/open-actions.ts';
import { type AnyConnector, defineAction } from '#connectors/contract.ts';
import { mintPermit } from '#domain/action/permit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { CodedError } from '#domain/error.ts';

const common = {
  connector: 'diary',
  audit: 'github.issue_commented',
  title: 'Diary',
  input: z.strictObject({ text: z.string() }),
  output: z.strictObject({ tenant: z.string() }),
  intents: [],
  examples: [],
  target: () => 'today',
  classify: (): Classification => 'internal',
  dataTouched: () => [],
  answer: () => 'done',
} as const;

type Client = { tenant: string };

const read = defineAction<Client, { text: string }, { tenant: string }>({
  ...common,
  id: 'diary_read',
  operation: 'read',
  effect: 'read',
  run: async (_permit, { text }, { client }) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a provider that answers nonsense
    return text === 'nonsense' ? ({} as Client) : client;
  },
});
const write = defineAction<Client, { text: string }, { tenant: string }>({
  ...common,
  id: 'diary_write',
  operation: 'write',
  effect: 'write',
  guarantee: { of: 'write', foundBy: 'the diary', limit: 'none' },
  preview: ({ text }) => text,
  run: async (_permit, _input, { client }) => client,
  find: async (_permit, _input, { client }) => ({ found: 'yes', output: client }),
});

function setUp(secrets: Record<string, string>) {
  const opened: string[] = [];
  const diary: AnyConnector = {
    name: 'diary',
    title: 'Diary',
    defaultClassification: 'internal',
    secretName: 'diary',
    variables: {},
    apiRootVariable: 'DIARY_API_URL',
    usualApiRoot: 'https://diary.test',
    healthAddress: (apiRoot) => apiRoot,
    actions: [read, write],
    open: async ({ secret }) => {
      const tenant = await secret('token');
      opened.push(tenant);
      return { tenant };
    },
  };
  const openAction = createOpenAction({
    table: {
      actions: diary.actions,
      action: (id) => diary.actions.find((action) => action.id === id),
      connectorOf: (id) => (diary.actions.some((action) => action.id === id) ? diary : undefined),
    },
    readSecret: async (tenantId) => {
      const secret = secrets[tenantId];
      if (secret === undefined) throw new CodedError('CONNECTOR_UNAVAILABLE');
      return secret;
    },
    variables: {},
    timeoutMs: 100,
  });
  const run = (tenantId: string, text = 'x') =>
    openAction(tenantId, read.id).registered.run(permitFor(read.id), { text }, new AbortController().signal);
  return { openAction, opened, run };
}

const permitFor = (action: string) => mintPermit({ action, runId: 'req_1/1' });

describe('opening an action', () => {
  it("runs it with the tenant's own credentials, opened at first use and kept", async () => {
    const { opened, run } = setUp({ acme: 'a', globex: 'g' });
    expect(opened).toEqual([]);
    expect([await run('acme'), await run('globex'), await run('acme')]).toEqual([
      { tenant: 'a' },
      { tenant: 'g' },
      { tenant: 'a' },
    ]);
    expect(opened).toEqual(['a', 'g']);
  });

  it('does not keep credentials that could not be read', async () => {
    const secrets: Record<string, string> = {};
    const { run } = setUp(secrets);
    await expect(run('acme')).rejects.toMatchObject({ code: 'CONNECTOR_UNAVAILABLE' });
    secrets['acme'] = 'a';
    expect(await run('acme')).toEqual({ tenant: 'a' });
  });

  it('refuses what is not in the table', () => {
    const { openAction } = setUp({});
    expect(() => openAction('acme', 'diary_burn')).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    );
  });

  it('lets no answer through that does not fit the action', async () => {
    await expect(setUp({ acme: 'a' }).run('acme', 'nonsense')).rejects.toThrow();
  });

  it('finds what a write did, and has nothing to find for a read', async () => {
    const { openAction } = setUp({ acme: 'a' });
    const find = (id: string) =>
      openAction('acme', id).registered.find(permitFor(id), { text: 'x' }, new AbortController().signal);
    expect(await find(write.id)).toEqual({ found: 'yes', output: { tenant: 'a' } });
    await expect(find(read.id)).rejects.toThrow(RangeError);
  });

  it('runs nothing without a permit for that very action', async () => {
    const { openAction } = setUp({ acme: 'a' });
    const { registered } = openAction('acme', write.id);
    const { signal } = new AbortController();
    await expect(registered.run(permitFor(read.id), {}, signal)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(registered.find(permitFor(read.id), {}, signal)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
