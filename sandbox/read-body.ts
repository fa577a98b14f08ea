import type { IncomingMessage } from 'node:http';

const mebibyte = 1024 * 1024;

/** The whole body as text; `undefined` beyond the limit, 1 MiB unless told. */
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
