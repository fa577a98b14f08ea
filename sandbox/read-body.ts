import type { IncomingMessage } from 'node:http';

const mebibyte = 1024 * 1024;

/** The whole body as text; `undefined` if it is larger than the limit, by default 1 MiB. */
export async function readBody(request: IncomingMessage, limitBytes = mebibyte): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limitBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
