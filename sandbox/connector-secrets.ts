import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from './write-private.ts';

/** Puts a connector's token where `SECRETS_DIR` says: `<tenant>/openclaw-<connector>-oauth/access_token`. */
export function writeConnectorToken(options: {
  secretsDir: string;
  tenants: readonly string[];
  connector: string;
  token: string;
}): void {
  for (const tenant of options.tenants) {
    const folder = join(options.secretsDir, tenant, `openclaw-${options.connector}-oauth`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'access_token');
    if (!existsSync(file)) writePrivate(file, options.token);
  }
}
