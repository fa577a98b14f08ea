import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyRing, makeVoteKeys } from '#platform/crypto/make-keys.ts';
import { loginKinds } from '#platform/database/names.ts';

/**
 * Creates the secret files of docker-compose.yml that are missing; existing ones stay. Returns the names of the new
 * ones. The folder is closed to other users of the machine, but its files are not: each is read by a container whose
 * user is a different one.
 */
export function makeSecrets(folder: string): readonly string[] {
  openFolder(folder, 0o700);
  openFolder(join(folder, 'connectors'), 0o755);
  const made: string[] = [];
  const keep = (name: string, make: () => string): string => {
    const file = join(folder, name);
    if (!existsSync(file)) {
      writeFileSync(file, make());
      chmodSync(file, 0o644);
      made.push(name);
    }
    return readFileSync(file, 'utf8').trim();
  };

  const postgres = keep('postgres_password', password);
  const redis = keep('redis_password', password);
  keep('temporal_db_password', password);
  for (const [name, database] of [
    ['database', 'openclaw'],
    ['audit_database', 'openclaw_audit'],
  ] as const) {
    for (const login of loginKinds) {
      const secret = keep(`${login}_password`, password);
      keep(
        `${login}_${name}_url`,
        () => `postgresql://openclaw_${login}:${secret}@postgres:5432/${database}`,
      );
    }
    keep(`${name}_admin_url`, () => `postgresql://postgres:${postgres}@postgres:5432/${database}`);
  }
  keep('redis_url', () => `redis://:${redis}@redis:6379`);
  keep('redis_acl', () => redisUsers(redis));
  keep('encryption_keys', makeKeyRing);
  keepKeyPair(folder, keep, ['vote_signing_key', 'vote_verify_keys']);
  keepKeyPair(folder, keep, ['audit_signing_key', 'audit_verify_keys']);
  // Empty means a public client; enter the secret if your identity provider issues one.
  keep('oidc_client_secret', () => '');
  keep('temporal_ui_client_secret', () => '');
  return made;
}

function openFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}

function password(): string {
  return randomBytes(24).toString('base64url');
}

/** Redis only gets the hash. The second user may only ping: for the health check of the container. */
function redisUsers(secret: string): string {
  const hash = createHash('sha256').update(secret).digest('hex');
  return `user default on #${hash} ~* &* +@all\nuser health on nopass -@all +ping\n`;
}

/** The two halves belong together: they are created together, and one without the other is an error. */
function keepKeyPair(
  folder: string,
  keep: (name: string, make: () => string) => string,
  halves: readonly [signing: string, verifying: string],
): void {
  const there = halves.filter((name) => existsSync(join(folder, name)));
  if (there.length === 1)
    throw new Error(`${there[0]} is there without its other half: ${halves.join(', ')}`);
  const { signingKey, verifyKeys } = makeVoteKeys();
  keep(halves[0], () => signingKey);
  keep(halves[1], () => verifyKeys);
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, 'secrets');
  const made = makeSecrets(folder);
  process.stdout.write(made.length === 0 ? 'every secret is there\n' : `made ${made.join(', ')}\n`);
}
