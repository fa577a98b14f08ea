import { describe, expect, it } from 'vitest';
import { healthRoutes } from '#gateway/routes/health/index.ts';
import { serveHealth } from '#workers/serve-health.ts';
import { readCompose } from './read-compose.ts';

const { services } = readCompose();
const variablesOf = (name: string) => services[name]?.environment ?? {};
const healthAddress = (name: string) => new URL(services[name]?.healthcheck?.test?.at(-1) ?? '');
const published = (name: string) => services[name]?.ports[0]?.split(':') ?? [];

describe('health checks in docker-compose.yml', () => {
  it('ask the gateway at a path that is one of its routes, on the port it listens on', () => {
    const paths = healthRoutes({ stores: { ping: async () => {} } }).map(({ path }) => path);
    const { pathname, port } = healthAddress('gateway');
    expect(paths).toContain(pathname);
    expect(port).toBe(variablesOf('gateway')['PORT']);
  });

  it('ask the worker at a path that it answers, on its own port', async () => {
    const { pathname, port } = healthAddress('worker');
    expect(port).toBe(variablesOf('worker')['WORKER_HEALTH_PORT']);
    const health = await serveHealth({ host: '127.0.0.1', port: Number(port), state: () => 'RUNNING' });
    try {
      expect((await fetch(`http://127.0.0.1:${port}${pathname}`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404);
    } finally {
      await health.close();
    }
  });
});

describe('addresses in docker-compose.yml', () => {
  it('publish the ports that the processes listen on, under the addresses that people are told', () => {
    expect(published('gateway')[2]).toBe(variablesOf('gateway')['PORT']);
    expect(published('temporal-ui')[2]).toBe(variablesOf('temporal-ui')['TEMPORAL_UI_PORT']);
    const { PUBLIC_URL: page = '', TEMPORAL_UI_URL: histories = '' } = variablesOf('gateway');
    expect(new URL(page).port).toBe(published('gateway')[1]);
    expect(new URL(histories).port).toBe(published('temporal-ui')[1]);
  });

  it('point Temporal UI at the codec path that the gateway serves, for that origin alone', () => {
    const page = variablesOf('temporal-ui');
    const gateway = variablesOf('gateway');
    expect(page['TEMPORAL_CODEC_ENDPOINT']).toBe(`${gateway['PUBLIC_URL']}${gateway['CODEC_PATH']}`);
    expect(page['TEMPORAL_CODEC_PASS_ACCESS_TOKEN']).toBe('true');
    expect(page['TEMPORAL_AUTH_ENABLED']).toBe('true');
    expect(new URL(page['TEMPORAL_AUTH_CALLBACK_URL'] ?? '').origin).toBe(gateway['CODEC_ORIGIN']);
  });

  it('name one Temporal, one namespace and one task queue for gateway and workers', () => {
    for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_TASK_QUEUE']) {
      expect(variablesOf('worker')[name]).toBe(variablesOf('gateway')[name]);
    }
    expect(variablesOf('temporal-namespace')['TEMPORAL_NAMESPACE']).toBe(
      variablesOf('gateway')['TEMPORAL_NAMESPACE'],
    );
    const [host = ''] = (variablesOf('gateway')['TEMPORAL_ADDRESS'] ?? '').split(':');
    expect(Object.keys(services)).toContain(host);
  });

  it('leave a worker longer to end than its activities may take', () => {
    const graceMs = Number(variablesOf('worker')['SHUTDOWN_GRACE_MS']);
    expect(Number.parseInt(services['worker']?.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(graceMs);
  });
});
