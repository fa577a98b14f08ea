import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectors } from '#connectors/registry.ts';
import { type ReservedPorts, reservePorts } from '#sandbox/ports.ts';

/** Six of the stack's own, and one for each connector's stand-in. */
const portCount = 6 + connectors.length;

let folder: string;
let file: string;
const reservations: ReservedPorts[] = [];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-ports-'));
  file = join(folder, 'ports.json');
});

afterEach(async () => {
  await Promise.all(reservations.splice(0).map((reserved) => reserved.releaseAll()));
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  rmSync(folder, { recursive: true, force: true });
});

async function reserve(env: NodeJS.ProcessEnv = {}, said: string[] = []): Promise<ReservedPorts> {
  const reserved = await reservePorts({ file, env, wishes: false, say: (line) => said.push(line) });
  reservations.push(reserved);
  return reserved;
}

function occupy(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    servers.push(server);
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

describe('the ports of the local stack', () => {
  it('are all different, held until released, and remembered', async () => {
    const { ports, release, releaseAll } = await reserve();
    expect(new Set(Object.values(ports)).size).toBe(portCount);
    await expect(occupy(ports.api)).rejects.toThrow('EADDRINUSE');
    await release('api');
    await expect(occupy(ports.api)).resolves.toBe(ports.api);
    await releaseAll();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(ports);
  });

  it('stay the same at the next start', async () => {
    const first = await reserve();
    await first.releaseAll();
    expect((await reserve()).ports).toEqual(first.ports);
  });

  it('give way, and say so, when somebody else took a remembered one', async () => {
    const first = await reserve();
    await first.releaseAll();
    await occupy(first.ports.redis);
    const said: string[] = [];
    const second = await reserve({}, said);
    expect(second.ports).toMatchObject({ api: first.ports.api, temporal: first.ports.temporal });
    expect(second.ports.redis).not.toBe(first.ports.redis);
    expect(said).toEqual([expect.stringContaining(`port ${first.ports.redis} (redis) is taken`)]);
  });

  it('are never shared by two stacks that start at once', async () => {
    const other = join(folder, 'other.json');
    const both = await Promise.all([
      reserve(),
      reservePorts({ file: other, env: {}, wishes: false }).then((reserved) => {
        reservations.push(reserved);
        return reserved;
      }),
    ]);
    const all = both.flatMap(({ ports }) => Object.values(ports));
    expect(new Set(all).size).toBe(2 * portCount);
  });

  it('are what a variable says, over what is remembered', async () => {
    const free = await reserve();
    await free.releaseAll();
    const { ports } = await reserve({ PORT: String(free.ports.github), GITHUB_PORT: String(free.ports.api) });
    expect(ports).toMatchObject({ api: free.ports.github, github: free.ports.api });
  });

  it('make the start fail, with everything released, when a variable names a taken one', async () => {
    const taken = await occupy(0);
    await expect(reserve({ REDIS_PORT: String(taken) })).rejects.toThrow(`REDIS_PORT asks for port ${taken}`);
    await expect(reserve({ GITHUB_PORT: 'many' })).rejects.toThrow('GITHUB_PORT is "many"');
  });

  it('count as taken when only the other loopback address is in use', async () => {
    const first = await reserve();
    await first.releaseAll();
    const elsewhere = await occupy(first.ports.signIn, '::1').catch(() => undefined);
    const second = await reserve();
    if (elsewhere === undefined) expect(second.ports.signIn).toBe(first.ports.signIn);
    else expect(second.ports.signIn).not.toBe(first.ports.signIn);
  });

  it('are chosen afresh when the file is damaged', async () => {
    writeFileSync(file, '{"api": "x", "redis": 99999999, "temporal": ');
    expect(Object.keys((await reserve()).ports)).toHaveLength(portCount);
  });
});
