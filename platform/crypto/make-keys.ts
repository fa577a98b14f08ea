import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A new key ring with one key, as `parseKeyRing` reads it. */
export function makeKeyRing(): string {
  const active = newKeyId();
  return json({ active, keys: { [active]: randomBytes(32).toString('base64') } });
}

/** A new Ed25519 pair: what `parseSigner` reads, and what `parseVerifier` reads. */
export function makeVoteKeys(): { signingKey: string; verifyKeys: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keyId = newKeyId();
  return {
    signingKey: json({ keyId, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) }),
    verifyKeys: json({ [keyId]: publicKey.export({ type: 'spki', format: 'pem' }) }),
  };
}

function newKeyId(): string {
  return `k${randomBytes(4).toString('hex')}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
