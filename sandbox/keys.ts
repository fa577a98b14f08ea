import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyRing, makeVoteKeys } from '#platform/crypto/make-keys.ts';
import { writePrivate } from './write-private.ts';

/** Paths of the keys and secrets of an installation, as the environment variables of gateway and worker take them. */
export interface InstallationKeys {
  /** `ENCRYPTION_KEYS_FILE`: `{ active, keys: { <kid>: base64 of 32 bytes } }`, for codec and content. */
  encryptionKeysFile: string;
  /** `VOTE_SIGNING_KEY_FILE`: `{ keyId, privateKeyPem }`, Ed25519 PKCS8. Only for the gateway. */
  voteSigningKeyFile: string;
  /** `VOTE_VERIFY_KEYS_FILE`: `{ <kid>: SPKI PEM }`. */
  voteVerifyKeysFile: string;
  /** `AUDIT_SIGNING_KEY_FILE`: `{ keyId, privateKeyPem }`, Ed25519 PKCS8. Only for the worker. */
  auditSigningKeyFile: string;
  /** `AUDIT_VERIFY_KEYS_FILE`: `{ <kid>: SPKI PEM }`. */
  auditVerifyKeysFile: string;
  /** `AUDIT_HEADS_DIR`: signed heads, for whoever keeps a copy elsewhere. */
  auditHeadsDir: string;
  /** Path of the codec endpoint: unguessable, since Temporal's local UI can send neither token nor cookie. */
  codecPath: string;
  /** Secret of the web client at the local sign-in provider. */
  webClientSecret: string;
  /** Passwords of the local database's superuser and of the runtime login, and Redis's. */
  postgresPassword: string;
  appPassword: string;
  redisPassword: string;
}

/** Creates what is missing in `<data dir>/keys`; what is there is never replaced. */
export function installationKeys(dataDir: string): InstallationKeys {
  const keys = join(dataDir, 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });

  const encryptionKeysFile = join(keys, 'payload-keys.json');
  keep(encryptionKeysFile, makeKeyRing);

  const voteSigningKeyFile = join(keys, 'vote-signing-key.json');
  const voteVerifyKeysFile = join(keys, 'vote-verify-keys.json');
  if (!existsSync(voteSigningKeyFile) || !existsSync(voteVerifyKeysFile)) {
    const { signingKey, verifyKeys } = makeVoteKeys();
    writePrivate(voteVerifyKeysFile, verifyKeys);
    writePrivate(voteSigningKeyFile, signingKey);
  }

  const auditSigningKeyFile = join(keys, 'audit-signing-key.json');
  const auditVerifyKeysFile = join(keys, 'audit-verify-keys.json');
  if (!existsSync(auditSigningKeyFile) || !existsSync(auditVerifyKeysFile)) {
    const { signingKey, verifyKeys } = makeVoteKeys();
    writePrivate(auditVerifyKeysFile, verifyKeys);
    writePrivate(auditSigningKeyFile, signingKey);
  }

  const secret = (name: string) => keep(join(keys, name), () => randomBytes(24).toString('base64url'));
  return {
    encryptionKeysFile,
    voteSigningKeyFile,
    voteVerifyKeysFile,
    auditSigningKeyFile,
    auditVerifyKeysFile,
    auditHeadsDir: join(dataDir, 'audit-heads'),
    codecPath: `/codec/${secret('codec-path')}`,
    webClientSecret: secret('web-client-secret'),
    postgresPassword: secret('postgres-password'),
    appPassword: secret('app-password'),
    redisPassword: secret('redis-password'),
  };
}

function keep(file: string, make: () => string): string {
  if (!existsSync(file)) writePrivate(file, make());
  return readFileSync(file, 'utf8').trim();
}
