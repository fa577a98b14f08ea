import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createBoundedFetch } from '#connectors/http/bounded-fetch.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const bounded = createBoundedFetch({ timeoutMs: 300, maxAnswerBytes: 10 });
const post = { method: 'POST', body: '{}' };

describe('a bounded fetch', () => {
  it('answers what was answered, up to the bound', async () => {
    const url = await serve((_request, response) => response.end('0123456789'));
    expect(await (await bounded(url)).text()).toBe('0123456789');
  });

  it('gives up on a body beyond the bound: a write may have happened, a read has not', async () => {
    const url = await serve((_request, response) => response.end('0123456789a'));
    await expect(bounded(url)).rejects.toMatchObject({ code: 'response_invalid', happened: 'no' });
    await expect(bounded(url, post)).rejects.toMatchObject({ happened: 'unknown' });
  });

  it('has one deadline over headers and body', async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('x'));
    await expect(bounded(url, post)).rejects.toMatchObject({ code: 'api_unreachable', happened: 'unknown' });
  });

  it('follows no redirect', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(bounded(url, post)).rejects.toMatchObject({ code: 'target_not_found', happened: 'no' });
    expect(asked).toEqual(['/']);
  });

  it('sends nothing once the caller is no longer interested', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request) => asked.push(request.url));
    const sent = bounded(url, { ...post, signal: AbortSignal.abort() });
    await expect(sent).rejects.toMatchObject({ code: 'api_unreachable', happened: 'no' });
    expect(asked).toEqual([]);
  });
});
