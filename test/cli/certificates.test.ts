import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getUserinfo } from '#domain/person/calls.ts';
import { type Certificate, newAuthority } from '../support/certificates.ts';
import { alice } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

const authority = newAuthority('Company');
const good = authority.issue({ name: 'gateway', hosts: ['localhost'] });

async function scene(tls: Certificate = good) {
  const gateway = await startRecordedGateway({ [on(getUserinfo)]: { body: alice } }, '', { tls });
  onTestFinished(() => gateway.close());
  const configDir = newConfigDir();
  const caFile = join(configDir, 'company.pem');
  writeFileSync(caFile, authority.pem);
  const run = (words: readonly string[], env: Record<string, string> = {}) =>
    openclaw(words, {
      configDir,
      gateway: gateway.url.replace('127.0.0.1', 'localhost'),
      token: 'of-alice',
      env,
    });
  return { gateway, configDir, caFile, run };
}

describe('a company certificate authority', () => {
  it('is trusted from the configuration file, from OPENCLAW_CA_FILE and from NODE_EXTRA_CA_CERTS', async () => {
    const { configDir, caFile, run } = await scene();
    expect((await run(['auth', 'whoami'], { OPENCLAW_CA_FILE: caFile })).code).toBe(0);
    expect((await run(['auth', 'whoami'], { NODE_EXTRA_CA_CERTS: caFile })).code).toBe(0);
    const set = await run(['config', 'set', 'ca_file', caFile]);
    expect(set.code).toBe(0);
    expect(readFileSync(join(configDir, 'config.yaml'), 'utf8')).toBe(`gateway:\n  ca_file: ${caFile}\n`);
    expect((await run(['auth', 'whoami'])).code).toBe(0);
  });

  // Elsewhere the system's store is no file that a test could lay beside it.
  it.runIf(process.platform === 'linux')("is trusted from the system's own store", async () => {
    const { caFile, run } = await scene();
    expect((await run(['auth', 'whoami'], { SSL_CERT_FILE: caFile })).code).toBe(0);
  });

  it('is trusted beside those that Node knows from elsewhere', async () => {
    const { configDir, caFile, run } = await scene();
    const other = join(configDir, 'other.pem');
    writeFileSync(other, newAuthority('Another').pem);
    const both = { OPENCLAW_CA_FILE: other, NODE_EXTRA_CA_CERTS: caFile };
    expect((await run(['auth', 'whoami'], both)).code).toBe(0);
  });

  it('that nobody named is told with the way to name it, and gets no token', async () => {
    const { gateway, run } = await scene();
    const ended = await run(['auth', 'whoami']);
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toContain('is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
    expect(ended.stderr).toContain('`openclaw config set ca_file <its PEM file>`, or OPENCLAW_CA_FILE');
    expect(gateway.calls).toEqual([]);
  });

  it('is asked for whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const { gateway, run } = await scene();
    const ended = await run(['auth', 'whoami'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(ended.code).toBe(5);
    expect(gateway.calls).toEqual([]);
  });

  it('does not make up for a certificate of another name or one that is over', async () => {
    const other = await scene(authority.issue({ name: 'other', hosts: ['other.test'] }));
    const wrong = await other.run(['auth', 'whoami'], { OPENCLAW_CA_FILE: other.caFile });
    expect(wrong.code).toBe(5);
    expect(wrong.stderr).toContain('It is for another name: check the address.');
    const old = await scene(
      authority.issue({ name: 'old', hosts: ['localhost'], notAfter: new Date('2020-01-01') }),
    );
    const over = await old.run(['auth', 'whoami'], { OPENCLAW_CA_FILE: old.caFile });
    expect(over.code).toBe(5);
    expect(over.stderr).toContain('It is out of date, or the clock of this machine is wrong.');
  });

  it.each([
    ['nowhere.pem', undefined, 'there is no file'],
    ['words.pem', 'just words', 'holds no PEM certificate'],
    ['binary.der', new X509Certificate(authority.pem).raw, 'holds no PEM certificate'],
    ['cut.pem', authority.pem.replace(/\n.{20}/, '\n'), 'certificate 1 in'],
  ])('in the file %s is refused by name, before anything is sent', async (name, content, words) => {
    const { gateway, configDir, run } = await scene();
    const file = join(configDir, name);
    if (content !== undefined) writeFileSync(file, content);
    const called = await run(['auth', 'whoami'], { OPENCLAW_CA_FILE: file });
    expect(called).toMatchObject({ code: 2, stdout: '' });
    for (const word of ['OPENCLAW_CA_FILE', file, words]) expect(called.stderr).toContain(word);
    const set = await run(['config', 'set', 'ca_file', file]);
    expect(set).toMatchObject({ code: 2, stdout: '' });
    expect(set.stderr).toContain(file);
    expect(gateway.calls).toEqual([]);
    expect(() => readFileSync(join(configDir, 'config.yaml'))).toThrow('ENOENT');
  });
});
