import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageFacts from '../../package.json' with { type: 'json' };
import { all, isOurs, ours, readCompose, root, type Service, theirs } from './read-compose.ts';

const { services, networks, volumes } = readCompose();

/** Names of the services for which a rule does not hold. */
const breaking = (among: readonly (readonly [string, Service])[], holds: (service: Service) => boolean) =>
  among.filter(([, service]) => !holds(service)).map(([name]) => name);

describe('docker-compose.yml', () => {
  it('holds the whole stack', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      [
        'gateway',
        'postgres',
        'redis',
        'set-up',
        'temporal',
        'temporal-namespace',
        'temporal-schema',
        'temporal-ui',
        'worker',
        'provisioning',
      ].toSorted(),
    );
    expect(services['worker']?.deploy?.replicas).toBe(2);
    expect(ours.map(([name]) => name)).toEqual(['set-up', 'gateway', 'worker', 'provisioning']);
  });

  it('pins every image, and its own to the version of the package', () => {
    expect(breaking(all, ({ image }) => /^[a-z/-]+:\d+\.\d+(\.\d+)?(-\w+)?$/.test(image))).toEqual([]);
    expect(breaking(ours, ({ image }) => image === `openclaw-enterprise:${packageFacts.version}`)).toEqual(
      [],
    );
    const temporal = theirs.filter(([, { image }]) => /temporalio\/(server|admin-tools)/.test(image));
    expect(temporal).toHaveLength(3);
    expect(new Set(temporal.map(([, { image }]) => image.split(':')[1])).size).toBe(1);
  });

  it('names commands whose entry files exist', () => {
    const entries = ours.map(([, { command = [] }]) => command);
    expect(entries.map(([program]) => program)).toEqual(['node', 'node', 'node', 'node']);
    expect(entries.filter(([, file]) => !existsSync(join(root, file ?? '?')))).toEqual([]);
  });

  it('mounts files and folders that exist', () => {
    const mounts = all.flatMap(([, service]) => service.volumes).map((mount) => mount.split(':')[0] ?? '');
    expect(mounts.length).toBeGreaterThan(6);
    const known = (mount: string) =>
      mount === './deploy/compose/secrets/connectors' || mount in volumes || existsSync(join(root, mount));
    expect(mounts.filter((mount) => !known(mount))).toEqual([]);
  });

  it('runs scripts that are mounted where they are called', () => {
    const called = theirs.flatMap(([, { entrypoint = [], command = [], volumes: mounted }]) =>
      [...entrypoint, ...command]
        .filter((word) => word.startsWith('/scripts/'))
        .map((script) => ({ script, mounted })),
    );
    expect(called).toHaveLength(3);
    for (const { script, mounted } of called) {
      expect(mounted).toEqual([`./deploy/compose/temporal/${basename(script)}:${script}:ro`]);
    }
  });

  it('gives up root, capabilities and a writable file system everywhere', () => {
    expect(breaking(all, (service) => service.read_only === true)).toEqual([]);
    expect(breaking(all, ({ cap_drop: dropped }) => dropped.includes('ALL'))).toEqual([]);
    expect(breaking(all, ({ security_opt: options }) => options.includes('no-new-privileges:true'))).toEqual(
      [],
    );
  });

  it('publishes to this machine alone, and keeps databases, cache and Temporal inside', () => {
    const ports = all.flatMap(([, service]) => service.ports);
    expect(ports).toHaveLength(2);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(networks['inside']?.internal).toBe(true);
    const reachOut = all.filter(([, service]) => service.networks.includes('outside'));
    expect(reachOut.map(([name]) => name).toSorted()).toEqual(['gateway', 'temporal-ui', 'worker']);
    expect(breaking(all, (service) => service.networks.includes('inside'))).toEqual([]);
  });

  it('waits for services that exist, and for healthy only where health is checked', () => {
    const waits = all.flatMap(([, service]) => Object.entries(service.depends_on));
    expect(waits.length).toBeGreaterThan(7);
    const canHappen = ([other, { condition }]: (typeof waits)[number]) =>
      condition === 'service_healthy'
        ? services[other]?.healthcheck?.test !== undefined
        : services[other]?.restart === 'on-failure:5';
    expect(waits.filter((wait) => !canHappen(wait))).toEqual([]);
  });

  it('checks the health of everything that stays', () => {
    const staying = all.filter(([, { restart }]) => restart === 'unless-stopped');
    expect(staying).toHaveLength(7);
    expect(
      breaking(staying, ({ healthcheck }) => healthcheck?.test?.[0]?.startsWith('CMD') === true),
    ).toEqual([]);
  });

  it('builds one image for all that is ours', () => {
    expect(breaking(all, (service) => isOurs(service) === (service.build === '.'))).toEqual([]);
  });
});
