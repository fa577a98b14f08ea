import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import { createPayloadCodec, isEncrypted } from '#platform/temporal/payload-codec.ts';
import { freshEnvelope } from '../../support/key-ring.ts';

const envelope = freshEnvelope();
const strict = createPayloadCodec(envelope);
const tolerant = createDataConverter(envelope).payloadCodecs?.[0] ?? strict;
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const valueOf = (decoded: Parameters<typeof isEncrypted>[0] | undefined) =>
  decoded === undefined ? 'no payload' : defaultPayloadConverter.fromPayload(decoded);

describe('the payload codec', () => {
  it.each([[{ text: 'Fixed in 2.1 🎈' }], [null], [undefined], [''], [new Uint8Array([0, 255])]])(
    'gives back what it encrypted: %j',
    async (value) => {
      const [sealed] = await strict.encode([payload(value)]);
      if (sealed === undefined) throw new Error('no payload');
      expect(isEncrypted(sealed)).toBe(true);
      for (const codec of [strict, tolerant]) {
        expect(valueOf((await codec.decode([sealed]))[0])).toEqual(value);
      }
    },
  );

  it('shows nothing of the text, the encoding or the length class of a value', async () => {
    const [sealed] = await strict.encode([payload({ secret: 'a text that only people see' })]);
    const all = Buffer.from(JSON.stringify(sealed, (_key, value: unknown) => value)).toString();
    expect(Buffer.from(sealed?.data ?? []).toString('latin1')).not.toContain('a text that only people see');
    expect(all).not.toContain('json/plain');
  });

  it('turns plain text from outside into nothing', async () => {
    for (const codec of [strict, tolerant]) {
      expect(valueOf((await codec.decode([payload({ choice: 'approve' })]))[0])).toBeUndefined();
    }
  });

  it.each(['another key', 'changed bytes', 'no bytes'])(
    'what can not be opened is an error for people, and nothing for workflows: %s',
    async (what) => {
      const sealer = what === 'another key' ? createPayloadCodec(freshEnvelope()) : strict;
      const [sealed] = await sealer.encode([payload('x')]);
      const data = what === 'no bytes' ? new Uint8Array() : Uint8Array.from(sealed?.data ?? []);
      if (what === 'changed bytes') data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
      const broken = { ...sealed, data };
      await expect(strict.decode([broken])).rejects.toMatchObject({ code: 'CONTENT_UNREADABLE' });
      expect(valueOf((await tolerant.decode([broken]))[0])).toBeUndefined();
    },
  );
});
