import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { writeConnectorSecret } from '#sandbox/connector-secrets.ts';
import { installationKeys } from '#sandbox/keys.ts';

let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'openclaw-keys-'));
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('the keys of an installation', () => {
  it('hold a payload key that the product can read', () => {
    const { encryptionKeysFile } = installationKeys(dataDir);
    const ring = parseKeyRing(readFileSync(encryptionKeysFile, 'utf8'));
    expect(ring.find(ring.active.id)).toBeDefined();
  });

  it('sign votes with one half and verify them with the other', () => {
    const { voteSigningKeyFile, voteVerifyKeysFile } = installationKeys(dataDir);
    const { keyId, privateKeyPem } = read(voteSigningKeyFile);
    const signature = sign(null, Buffer.from('vote'), createPrivateKey(privateKeyPem));
    const publicKey = createPublicKey(read(voteVerifyKeysFile)[keyId]);
    expect(publicKey.asymmetricKeyType).toBe('ed25519');
    expect(verify(null, Buffer.from('vote'), publicKey, signature)).toBe(true);
    expect(readFileSync(voteVerifyKeysFile, 'utf8')).not.toContain('PRIVATE');
  });

  it('stay what they are', () => {
    const before = installationKeys(dataDir);
    const contents = readFileSync(before.encryptionKeysFile, 'utf8');
    expect(installationKeys(dataDir)).toEqual(before);
    expect(readFileSync(before.encryptionKeysFile, 'utf8')).toBe(contents);
  });

  it('differ between installations, the codec path too', () => {
    const other = mkdtempSync(join(tmpdir(), 'openclaw-keys-'));
    try {
      expect(installationKeys(other).codecPath).not.toBe(installationKeys(dataDir).codecPath);
      expect(installationKeys(other).codecPath).toMatch(/^\/codec\/[\w-]{32}$/);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('are readable by their owner alone', () => {
    installationKeys(dataDir);
    const files = readdirSync(join(dataDir, 'keys'));
    expect(files.length).toBeGreaterThanOrEqual(7);
    for (const file of files) expect(statSync(join(dataDir, 'keys', file)).mode & 0o777).toBe(0o600);
  });
});

describe('a connector’s token', () => {
  it('is put where each tenant’s secrets are read from, and never over one that is there', () => {
    const secretsDir = join(dataDir, 'secrets');
    const put = (token: string) =>
      writeConnectorSecret({
        secretsDir,
        tenants: ['acme', 'globex'],
        secretName: 'openclaw-github-oauth',
        secret: { access_token: token },
      });
    put('first');
    put('second');
    for (const tenant of ['acme', 'globex']) {
      const file = join(secretsDir, tenant, 'openclaw-github-oauth', 'access_token');
      expect(readFileSync(file, 'utf8')).toBe('first');
    }
  });
});
