import type { Closers } from '#platform/closers.ts';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import { openVerifier } from '#platform/crypto/live-verifier.ts';
import { type MasterKeys, openMasterKeys } from '#platform/crypto/open-master-keys.ts';
import type { Signer, Verifier } from '#platform/crypto/signature.ts';
import { type LoginKind, loginKindOf, rolePrefixOf } from '#platform/database/names.ts';
import type { Logger } from '#platform/logger.ts';
import { adoptMasterKeys } from './key/adopt-master-keys.ts';
import { openStores, type Stores } from './open-stores.ts';

interface OpenKeysAndStoresOptions {
  config: ConfigWith<
    'DATABASE_URL' | 'AUDIT_DATABASE_URL' | 'ENCRYPTION_KEYS_FILE' | 'VOTE_VERIFY_KEYS_FILE'
  >;
  /** PostgreSQL shows the connections under its name; its logins are checked. */
  process: LoginKind;
  /** Connections to each database; default DATABASE_POOL_SIZE. */
  maxConnections?: number;
  /** Only for processes that change policies. */
  signer?: Signer;
  log: Logger;
  closers: Closers;
}

/** What every process starts with: the keys of the installation, and the stores that they open. */
export interface KeysAndStores {
  masterKeys: MasterKeys;
  verify: Verifier;
  stores: Stores;
  /** Resolves once former master keys have been read, which open old histories. */
  formerKeysReady: Promise<void>;
}

/** Throws when a key file can't be read or a login is another process's; it starts even while a database is away. */
export async function openKeysAndStores(options: OpenKeysAndStoresOptions): Promise<KeysAndStores> {
  const { config, process, signer, log, closers } = options;
  checkLogins(options);
  const kept = (file: string) => (cause: unknown) =>
    log.error({ err: cause, file }, 'a changed file is not taken; the last good one stays');
  const lost = (what: string) => (error: Error) => log.warn({ err: error }, `${what}: connection lost`);
  const masterKeys = closers.keep(
    await openMasterKeys({ path: config.encryptionKeysFile, onProblem: kept('ENCRYPTION_KEYS_FILE') }),
  );
  const { verify } = closers.keep(
    await openVerifier({ path: config.voteVerifyKeysFile, onProblem: kept('VOTE_VERIFY_KEYS_FILE') }),
  );
  const pool = {
    applicationName: `openclaw ${process}`,
    maxConnections: options.maxConnections ?? config.databasePoolSize,
  };
  const stores = closers.keep(
    openStores({
      database: { ...pool, url: config.databaseUrl.reveal(), onConnectionLost: lost('main database') },
      audit: { ...pool, url: config.auditDatabaseUrl.reveal(), onConnectionLost: lost('audit database') },
      envelope: masterKeys.envelope,
      policySigning: { signer, verify },
    }),
  );
  const formerKeys = closers.keep(
    adoptMasterKeys({
      ring: masterKeys.ring,
      wrappedKeys: stores.wrappedKeys,
      onProblem: (cause) => log.warn({ err: cause }, 'former master keys can not be read now'),
    }),
  );
  return { masterKeys, verify, stores, formerKeysReady: formerKeys.ready };
}

/** A login says by its name what it can do, and the database holds it to that (platform/database/rights). */
function checkLogins({ config, process, log }: OpenKeysAndStoresOptions): void {
  for (const [variable, url] of [
    ['DATABASE_URL', config.databaseUrl.reveal()],
    ['AUDIT_DATABASE_URL', config.auditDatabaseUrl.reveal()],
  ] as const) {
    const kind = loginKindOf(url);
    const own = `${rolePrefixOf(url)}_${process}`;
    if (kind === 'app') {
      log.warn({ variable }, `the login can do more than this process needs; give it ${own}`);
    } else if (kind !== process) {
      throw new RangeError(
        `${variable} of the ${process} names the login of the ${kind}; it has to be ${own}`,
      );
    }
  }
}
