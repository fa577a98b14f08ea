import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from './write-private.ts';

/** Writes a connector's token to its place in `SECRETS_DIR`: `<tenant>/openclaw-<connector>-oauth/access_token`. */
export function writeConnectorSecret(options: {
  secretsDir: string;
  tenants: readonly string[];
  secretName: string;
  /** Key by key. */
  secret: Readonly<Record<string, string>>;
}): void {
  for (const tenant of options.tenants) {
    const folder = join(options.secretsDir, tenant, options.secretName);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [key, value] of Object.entries(options.secret)) {
      const file = join(folder, key);
      if (!existsSync(file)) writePrivate(file, value);
    }
  }
}
