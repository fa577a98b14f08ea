import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ServerEvent, serverEvents } from '#cli/event-stream.ts';

async function read(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const event of serverEvents(body)) events.push(event);
  return events;
}

function oracle(text: string): ServerEvent[] {
  const events: ServerEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event: event || 'message', data }),
  });
  parser.feed(text);
  return events;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  return at.map((end, n) => bytes.slice(n === 0 ? 0 : at[n - 1], end));
}

const line = fc.oneof(
  fc.constantFrom(
    'event: request',
    'data: {"a":1}',
    'data:x',
    'data',
    ': heartbeat',
    'id: 7',
    '',
    '',
    'data: ä€👍',
  ),
  fc.stringMatching(/^[a-z:é ]{0,12}$/),
);

describe('an event stream', () => {
  it('gives events with their names and leaves heartbeats out', async () => {
    const text =
      ': hello\n\nevent: request\ndata: {"n":1}\n\n: heartbeat\n\ndata: a\ndata: b\n\ndata: unfinished';
    expect(await read([new TextEncoder().encode(text)])).toEqual([
      { event: 'request', data: '{"n":1}' },
      { event: 'message', data: 'a\nb' },
    ]);
  });

  it('reads the same however the bytes are cut, as a parser made by others does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (lines, end, places) => {
          const text = lines.map((one) => one + end).join('');
          expect(await read(cut(new TextEncoder().encode(text), places))).toEqual(oracle(text));
        },
      ),
    );
  });

  it('takes lone carriage returns as line ends', async () => {
    expect(
      await read([new TextEncoder().encode('data: a\r'), new TextEncoder().encode('\rdata: b\r\r\n')]),
    ).toEqual([
      { event: 'message', data: 'a' },
      { event: 'message', data: 'b' },
    ]);
  });

  it('refuses an event that never ends', async () => {
    const big = new TextEncoder().encode(`data: ${'x'.repeat(3_000_000)}`);
    await expect(read([big, big, big])).rejects.toThrow('too large');
  });
});
