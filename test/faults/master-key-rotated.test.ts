import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { KeysView } from '#domain/key/keys.schema.ts';
import { eventually } from '../support/eventually.ts';
import {
  approve,
  askForComment,
  commentsWritten,
  ended,
  type People,
  signInPeople,
} from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const keysFile = z.object({ active: z.string(), keys: z.record(z.string(), z.string()) });

describe('a new master key', () => {
  let stack: TestStack;
  let people: People;
  beforeAll(async () => {
    stack = await startStack({ env: { OPERATOR_TENANT: 'acme' }, provisioning: true });
    people = await signInPeople(stack);
  });
  afterAll(() => stack?.close());

  const held = () => keysFile.parse(JSON.parse(readFileSync(stack.encryptionKeysFile, 'utf8')));
  const put = (file: z.output<typeof keysFile>) => {
    writeFileSync(`${stack.encryptionKeysFile}.next`, JSON.stringify(file));
    renameSync(`${stack.encryptionKeysFile}.next`, stack.encryptionKeysFile);
  };
  const state = async () => (await people.admin.get<KeysView>('/keys')).body;
  const rewrap = async () => {
    const connection = await Connection.connect({ address: stack.temporal.address });
    try {
      await new Client({ connection }).schedule.getHandle(`${stack.taskQueue}:rewrap`).trigger();
    } finally {
      await connection.close();
    }
  };

  it('takes over while approvals wait, and the old one can go', async () => {
    const before = await askForComment(people, 'asked under the old key');
    const { active: old, keys } = held();
    const next = `k${randomBytes(4).toString('hex')}`;
    const both = { ...keys, [next]: randomBytes(32).toString('base64') };

    put({ active: old, keys: both });
    // Without a restart: a gateway that reads the file opens by both.
    await eventually(state, ({ master_keys: all }) => all.some(({ id }) => id === next));
    put({ active: next, keys: both });
    // A process that starts now seals by the new key; one that runs follows two minutes later.
    await stack.provisioning?.restart();
    await stack.worker.restart();
    await stack.gateway.restart();
    const meanwhile = await askForComment(people, 'asked while the keys change');
    await rewrap();
    const done = await eventually(state, ({ keys: all, rewrapped }) => rewrapped === all);
    expect(done.active_master_key).toBe(next);
    expect(done.master_keys.find(({ id }) => id === old)).toMatchObject({ wraps: 0, removable: true });

    put({ active: next, keys: { [next]: both[next] ?? '' } });
    await stack.worker.restart();
    await stack.gateway.restart();
    expect((await state()).master_keys.map(({ id }) => id)).toEqual([next]);
    const after = await askForComment(people, 'asked under the new key');
    for (const { requestId, approval } of [before, meanwhile, after]) {
      await approve(people, approval);
      expect(await ended(people.user, requestId)).toMatchObject({ state: 'answered' });
    }
    for (const words of ['under the old key', 'while the keys change', 'under the new key'])
      expect(await commentsWritten(stack, words)).toBe(1);
  });
});
