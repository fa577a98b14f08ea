import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import { createOpenPayload, createPayloadCodec, isEncrypted } from '#platform/temporal/payload-codec.ts';
import { freshEnvelope } from '../../support/key-ring.ts';
import { inActivity, inWorkflow, openedAt, sealedBefore, sealedFor } from '../../support/payloads.ts';

const envelope = freshEnvelope();
const namespace = 'default';
const here = inWorkflow('request:acme:req_1');
const openForPeople = createOpenPayload(envelope, { namespace });
const valueOf = (decoded: Payload) => defaultPayloadConverter.fromPayload(decoded);

const only = ([payload]: readonly Payload[]): Payload => {
  if (payload === undefined) throw new Error('no payload');
  return payload;
};
const sealed = async (value: unknown) => only(await sealedFor(envelope, here, [value]));

describe('the payload codec', () => {
  it.each([[{ text: 'Fixed in 2.1 🎈' }], [null], [undefined], [''], [new Uint8Array([0, 255])]])(
    'gives back what it encrypted: %j',
    async (value) => {
      const payload = await sealed(value);
      expect(isEncrypted(payload)).toBe(true);
      expect(await openedAt(envelope, here, [payload])).toEqual([value]);
      expect(valueOf(await openForPeople(payload))).toEqual(value);
    },
  );

  it('shows nothing of the text, the encoding or the length class of a value', async () => {
    const payload = await sealed({ secret: 'a text that only people see' });
    const all = Buffer.from(JSON.stringify(payload, (_key, value: unknown) => value)).toString();
    expect(Buffer.from(payload.data ?? []).toString('latin1')).not.toContain('a text that only people see');
    expect(all).not.toContain('json/plain');
  });

  it('turns plain text from outside into nothing', async () => {
    const plain = defaultPayloadConverter.toPayload({ choice: 'approve' });
    expect(await openedAt(envelope, here, [plain])).toEqual([undefined]);
    expect(valueOf(await openForPeople(plain))).toBeUndefined();
  });

  it.each(['another key', 'changed bytes', 'no bytes', 'another place stated'])(
    'what can not be opened is an error for people, and nothing for workflows: %s',
    async (what) => {
      const by = what === 'another key' ? freshEnvelope() : envelope;
      const payload = only(await sealedFor(by, here, ['x']));
      const data = what === 'no bytes' ? new Uint8Array() : Uint8Array.from(payload.data ?? []);
      if (what === 'changed bytes') data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
      const there = only(await sealedFor(envelope, inWorkflow('request:acme:req_2'), ['x'])).metadata ?? {};
      const broken = {
        metadata: what === 'another place stated' ? there : (payload.metadata ?? {}),
        data,
      };
      await expect(openForPeople(broken)).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
      expect(await openedAt(envelope, here, [broken])).toEqual([undefined]);
    },
  );

  it('seals nothing without a place', async () => {
    const codec = createPayloadCodec(envelope, { namespace });
    const encoding = codec.encode([defaultPayloadConverter.toPayload('x')]);
    await expect(encoding).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('a payload is bound to its place', () => {
  // As long as its list: what each place is sealed with, and opened as.
  const places = {
    'a workflow': inWorkflow('request:acme:req_1'),
    'another workflow': inWorkflow('request:acme:req_2'),
    "another tenant's": inWorkflow('request:globex:req_1'),
    'the workflow of a Schedule': inWorkflow('audit-checkpoint:installation:q:every-minute'),
    'an activity': inActivity('request:acme:req_1', '1'),
    'the next activity': inActivity('request:acme:req_1', '2'),
    'an activity of another workflow': inActivity('request:acme:req_2', '1'),
    'an activity without a name': inActivity('request:acme:req_1', ''),
    'a workflow whose id looks like a place': inWorkflow('request:acme:req_1","1'),
    'another namespace': { ...inWorkflow('request:acme:req_1'), namespace: 'other' },
  } as const;
  const lists = [['only'], ['one', 'two'], ['one', 'two', 'three']];
  const inNamespace = ({ namespace: of }: { namespace: string }) =>
    createPayloadCodec(envelope, { namespace: of });

  it('in each place, at each position of each list, exactly what was sealed there opens', async () => {
    const all: { at: string; index: number; of: number; payload: Payload }[] = [];
    for (const [at, context] of Object.entries(places)) {
      for (const list of lists) {
        const plain = list.map((value) => defaultPayloadConverter.toPayload(value));
        const payloads = await inNamespace(context).encode(plain, context);
        all.push(...payloads.map((payload, index) => ({ at, index, of: list.length, payload })));
      }
    }
    let opened = 0;
    const wrong: string[] = [];
    for (const [at, context] of Object.entries(places)) {
      for (const from of all) {
        for (const of of [1, 2, 3]) {
          for (let index = 0; index < of; index++) {
            const list = Array.from({ length: of }, () => from.payload);
            const decoded = (await inNamespace(context).decode(list, context))[index] ?? {};
            const isOpen = valueOf(decoded) !== undefined;
            const isItsOwn = from.at === at && from.index === index && from.of === of;
            if (isOpen !== isItsOwn)
              wrong.push(`${from.at} ${from.index}/${from.of} at ${at} ${index}/${of}`);
            if (isOpen) opened += 1;
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(opened).toBe(all.length);
  });

  it('except that a Schedule appends the time to the id that its arguments were sealed for', async () => {
    const made = inWorkflow('audit-checkpoint:installation:q:every-minute');
    const run = inWorkflow(`${made.workflowId}-2026-12-01T10:00:00Z`);
    const payloads = await sealedFor(envelope, made, ['x']);
    expect(await openedAt(envelope, run, payloads)).toEqual(['x']);
    const activity = await sealedFor(envelope, inActivity(run.workflowId, '1'), ['x']);
    expect(await openedAt(envelope, inActivity(made.workflowId, '1'), activity)).toEqual([undefined]);
  });
});

describe('a payload from before payloads were bound', () => {
  const old = sealedBefore(envelope, 'x');
  const openedIn = async (unbound: ((workflowId: string) => Promise<boolean>) | undefined) => {
    const codec = createPayloadCodec(envelope, { namespace, unbound });
    return valueOf((await codec.decode([old], here))[0] ?? {});
  };

  it('opens in a workflow that may hold one, and in no other', async () => {
    expect(await openedIn(async (workflowId) => workflowId === here.workflowId)).toBe('x');
    expect(await openedIn(async () => false)).toBeUndefined();
    expect(await openedIn(undefined)).toBeUndefined();
    expect(valueOf(await openForPeople(old))).toBe('x');
  });

  it('waits while nobody can say', async () => {
    const away = openedIn(() => Promise.reject(new CodedError('DATABASE_UNAVAILABLE')));
    await expect(away).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('is not what a bound one becomes when its place is taken off', async () => {
    const { metadata, ...bound } = await sealed('x');
    const stripped = { ...bound, metadata: { encoding: metadata?.['encoding'] ?? new Uint8Array() } };
    const codec = createPayloadCodec(envelope, { namespace, unbound: async () => true });
    expect(valueOf((await codec.decode([stripped], here))[0] ?? {})).toBeUndefined();
  });
});
