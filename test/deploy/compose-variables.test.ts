import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayNeeds } from '#gateway/open-gateway.ts';
import { parseConfig, variableNames } from '#platform/config/parse-config.ts';
import { environment } from '#platform/config/schema.ts';
import { variableFacts } from '#platform/config/variable.ts';
import { makeSecrets } from '../../deploy/compose/make-secrets.ts';
import { all, composeText, ours, readCompose, root, type Service, settings, theirs } from './read-compose.ts';
import { vendorVariables } from './vendor-variables.ts';

const { services, secrets } = readCompose();

/** `FROM_FILE` → `FROM` where the schema lets that variable come from a file. */
const schemaNameOf = (variable: string) =>
  variableNames().find((name) => {
    const { secret = false, aliases = [] } = variableFacts.get(environment.shape[name]) ?? {};
    return [name, ...aliases].some((one) => one === variable || (secret && `${one}_FILE` === variable));
  });

const isSecret = (variable: string) =>
  variableFacts.get(environment.shape[schemaNameOf(variable) ?? 'NODE_ENV'])?.secret === true;

describe('variables in docker-compose.yml', () => {
  it('are those of the configuration schema in our services', () => {
    const given = ours.flatMap(([, service]) => Object.keys(service.environment));
    expect(given.length).toBeGreaterThan(25);
    expect(given.filter((variable) => schemaNameOf(variable) === undefined)).toEqual([]);
  });

  it('are known to the image in the others', () => {
    const unknown = theirs.flatMap(([name, service]) => {
      const known = vendorVariables[service.image.split(':')[0] ?? ''] ?? [];
      const given = Object.keys(service.environment);
      return given.filter((variable) => !known.includes(variable)).map((variable) => `${name}: ${variable}`);
    });
    expect(unknown).toEqual([]);
  });

  it('never hold a secret, only the path of one', () => {
    const given = all.flatMap(([, service]) => Object.entries(service.environment));
    const paths = given.filter(([variable]) => variable.endsWith('_FILE') && isSecret(variable));
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter(([, value]) => !/^\/run\/secrets\/\w+$/.test(value))).toEqual([]);
    const open = given.filter(([variable]) => isSecret(variable) && !variable.endsWith('_FILE'));
    expect(open).toEqual([]);
    const names = /(PASSWORD|PWD|SECRET|(?<!PASS_ACCESS_)TOKEN)$/;
    expect(given.filter(([variable, value]) => names.test(variable) || /:\/\/[^/]*@/.test(value))).toEqual(
      [],
    );
  });
});

describe('the secrets of docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-compose-'));

  beforeAll(() => {
    makeSecrets(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are all declared, used, and made by make-secrets.ts', () => {
    const used = new Set(all.flatMap(([, service]) => service.secrets));
    expect([...used].toSorted()).toEqual(Object.keys(secrets).toSorted());
    for (const [name, { file }] of Object.entries(secrets)) {
      expect(file).toBe(`./deploy/compose/secrets/${name}`);
    }
    expect(Object.keys(secrets).filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  });

  it('can be read by a container of any user, through a folder that nobody else of the machine may enter', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of Object.keys(secrets)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644);
  });

  it('stay as they are when they are made again, and are other ones in another folder', () => {
    const before = readFileSync(join(folder, 'encryption_keys'), 'utf8');
    expect(makeSecrets(folder)).toEqual([]);
    expect(readFileSync(join(folder, 'encryption_keys'), 'utf8')).toBe(before);
    const other = mkdtempSync(join(tmpdir(), 'openclaw-compose-'));
    expect(makeSecrets(other).toSorted()).toEqual(expect.arrayContaining(Object.keys(secrets).toSorted()));
    expect(readFileSync(join(other, 'encryption_keys'), 'utf8')).not.toBe(before);
    rmSync(other, { recursive: true, force: true });
  });

  it('are given to exactly the services that read them', () => {
    const readBy = (service: Service) =>
      [
        ...Object.values(service.environment),
        ...(service.command ?? []),
        ...service.volumes.map((mount) => textsOf(mount.split(':')[0] ?? '')),
      ].flatMap((words) => [...words.matchAll(/\/run\/secrets\/(\w+)/g)].map((match) => match[1] ?? ''));
    for (const [, service] of all) {
      expect([...new Set(readBy(service))].toSorted()).toEqual(service.secrets.toSorted());
    }
  });

  const needs: Readonly<Record<string, readonly string[]>> = {
    gateway: gatewayNeeds,
    worker: needsOf('workers/main.ts'),
    'set-up': needsOf('deploy/compose/set-up.ts'),
    provisioning: needsOf('workers/provisioning-main.ts'),
  };

  it.each(ours.map(([name]) => name))('are all that %s needs: its configuration parses', (name) => {
    const given = Object.entries(services[name]?.environment ?? {});
    const env = Object.fromEntries(
      given.map(([variable, value]) => [variable, value.replace('/run/secrets', folder)]),
    );
    const wanted = variableNames().filter((variable) => needs[name]?.includes(variable));
    expect(wanted.length).toBeGreaterThan(4);
    const { config, warnings } = parseConfig({ env, needs: wanted });
    expect(warnings).toEqual([]);
    expect(config.databaseUrl?.reveal()).toContain('@postgres:5432/openclaw');
  });

  it('give the key that signs votes and policies, and the rights of migrations, to none that has no use for them', () => {
    const holders = (secret: string) =>
      all.filter(([, service]) => service.secrets.includes(secret)).map(([name]) => name);
    expect(holders('vote_signing_key')).toEqual(['set-up', 'gateway', 'provisioning']);
    expect(holders('database_admin_url')).toEqual(['set-up', 'provisioning']);
    expect(holders('audit_database_admin_url')).toEqual(['set-up']);
    expect(holders('oidc_client_secret')).toEqual(['gateway', 'worker']);
  });
});

describe('the settings beside docker-compose.yml', () => {
  const example = readFileSync(join(root, 'deploy/compose/example.env'), 'utf8');

  it('are all explained in example.env, and nothing else is', () => {
    const used = new Set([...composeText.matchAll(/\$\{(\w+):/g)].map((match) => match[1] ?? ''));
    const explained = new Set([...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map((match) => match[1] ?? ''));
    expect([...explained].toSorted()).toEqual([...used].toSorted());
  });

  it('have a default in the file unless a person has to choose', () => {
    const needed = new Set([...composeText.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? ''));
    expect([...needed]).toEqual(Object.keys(settings));
  });
});

/** What is in a mounted file of ours, or in the folder of first-start scripts. */
function textsOf(mount: string): string {
  const path = join(root, mount);
  if (!mount.startsWith('./') || !existsSync(path)) return '';
  return readFileSync(mount.endsWith('/postgres') ? join(path, '10-temporal-login.sql') : path, 'utf8');
}

/** The list after `needs:` in a process entry. */
function needsOf(entry: string): readonly string[] {
  const list = /needs: \[([^\]]+)\]/.exec(readFileSync(join(root, entry), 'utf8'))?.[1] ?? '';
  return [...list.matchAll(/'(\w+)'/g)].map((match) => match[1] ?? '');
}
