import { readFile } from 'node:fs/promises';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { signOlderVersionsOfAll } from '#governance/policy/change/sign-older-versions.ts';
import { createRecordEvent } from '#governance/record.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { migrate, otherLoginsOf } from '#platform/database/migrate.ts';
import { provisionTenant } from '#platform/database/provision-tenant.ts';
import { openStores } from '#stores/open-stores.ts';

const usage = 'node deploy/compose/set-up.ts <tenant id> <tenant name>';

/** Migrates both databases to the newest version and creates one tenant with the shipped policies. Safe to repeat. */
async function main([id, name, ...rest]: readonly string[]): Promise<void> {
  if (!id || !name || rest.length > 0) throw new RangeError(`usage: ${usage}`);
  const { config } = parseConfig({
    env: process.env,
    needs: [
      'DATABASE_URL',
      'AUDIT_DATABASE_URL',
      'DATABASE_ADMIN_URL',
      'AUDIT_DATABASE_ADMIN_URL',
      'ENCRYPTION_KEYS_FILE',
      'VOTE_SIGNING_KEY_FILE',
      'VOTE_VERIFY_KEYS_FILE',
    ],
  });
  const adminUrl = config.databaseAdminUrl.reveal();
  const databaseUrl = config.databaseUrl.reveal();
  const auditDatabaseUrl = config.auditDatabaseUrl.reveal();
  const log = (line: string) => process.stdout.write(`${line}\n`);

  const auditAdminUrl = config.auditDatabaseAdminUrl.reveal();
  const otherLogins = otherLoginsOf(config);
  await migrate({ adminUrl, auditAdminUrl, databaseUrl, auditDatabaseUrl, otherLogins, log });
  await provisionTenant({ adminUrl, databaseUrl, id, name, log });

  const stores = openStores({
    database: { url: databaseUrl, maxConnections: 2 },
    audit: { url: auditDatabaseUrl, maxConnections: 1 },
    envelope: createEnvelope(parseKeyRing(await readFile(config.encryptionKeysFile, 'utf8'))),
    policySigning: {
      signer: parseSigner(await readFile(config.voteSigningKeyFile, 'utf8')),
      verify: parseVerifier(await readFile(config.voteVerifyKeysFile, 'utf8')),
    },
  });
  try {
    const now = () => new Date();
    const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
    await addMissingPolicies({ ...stores, recordEvent, tenantId: id, now, make: shippedPolicies });
    await signOlderVersionsOfAll({ ...stores, recordEvent });
  } finally {
    await stores.close();
  }
  log(`tenant ${id} is ready`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
