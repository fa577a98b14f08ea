import { Failure } from './failure.ts';

/** One event of a `text/event-stream`. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** The largest event that we accept, in characters. */
const eventMax = 8_000_000;

/** The events of a `text/event-stream` body, split as in the WHATWG standard; comments (heartbeats) are left out. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end may be half of a CRLF: wait for the other half.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const parts = whole.split(/\r\n|\n|\r/);
    rest = (parts.pop() ?? '') + rest.slice(whole.length);
    for (const line of parts) {
      if (line !== '') {
        lines.push(line);
        continue;
      }
      const event = eventFrom(lines);
      lines = [];
      if (event) yield event;
    }
    if (rest.length + lines.reduce((sum, line) => sum + line.length, 0) > eventMax) {
      throw new Failure('failed', 'response_invalid', 'The gateway sent an event that is too large.');
    }
  }
}

function eventFrom(lines: readonly string[]): ServerEvent | undefined {
  const fields = lines.filter((line) => !line.startsWith(':')).map(field);
  const data = fields.filter(({ name }) => name === 'data').map(({ value }) => value);
  if (data.length === 0) return undefined;
  const event = fields.findLast(({ name }) => name === 'event')?.value;
  return { event: event || 'message', data: data.join('\n') };
}

function field(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  const value = line.slice(colon + 1);
  return { name: line.slice(0, colon), value: value.startsWith(' ') ? value.slice(1) : value };
}
