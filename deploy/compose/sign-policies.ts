import { readFile } from 'node:fs/promises';
import type { Actor } from '#domain/person/actor.ts';
import { createRecordEvent } from '#governance/record.ts';
import { parseConfig } from '#platform/config/parse-config.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { openStores } from '#stores/open-stores.ts';
import { refOf } from '#stores/policy/proven.ts';
import { policySetDigest, policySetIsSigned } from '#stores/policy/signed-set.ts';

const usage = 'node deploy/compose/sign-policies.ts <tenant id> [<digest that it printed>]';

/**
 * Prints the active policies of a tenant, whether they are the ones that were signed, and what nothing proves. Called with
 * a digest that it printed, signs exactly these: after a restore, or once somebody has looked at what was slipped in.
 */
async function main([tenantId, digest, ...rest]: readonly string[]): Promise<void> {
  if (!tenantId || rest.length > 0) throw new RangeError(`usage: ${usage}`);
  const { config } = parseConfig({
    env: process.env,
    needs: [
      'DATABASE_URL',
      'AUDIT_DATABASE_URL',
      'ENCRYPTION_KEYS_FILE',
      'VOTE_SIGNING_KEY_FILE',
      'VOTE_VERIFY_KEYS_FILE',
    ],
  });
  const verify = parseVerifier(await readFile(config.voteVerifyKeysFile, 'utf8'));
  const stores = openStores({
    database: { url: config.databaseUrl.reveal(), maxConnections: 2 },
    audit: { url: config.auditDatabaseUrl.reveal(), maxConnections: 1 },
    envelope: createEnvelope(parseKeyRing(await readFile(config.encryptionKeysFile, 'utf8'))),
    policySigning: { signer: parseSigner(await readFile(config.voteSigningKeyFile, 'utf8')), verify },
  });
  const log = (line: string) => process.stdout.write(`${line}\n`);
  const now = () => new Date();
  try {
    const set = await stores.policies.active(tenantId);
    const found = policySetDigest(set.policies);
    if (digest === undefined) {
      const unproven = new Set(await stores.policies.unproven(tenantId));
      const proven = set.policies.filter((policy) => !unproven.has(refOf(policy)));
      for (const policy of set.policies)
        log(JSON.stringify(proven.includes(policy) ? policy : { ...policy, unproven: true }));
      for (const ref of unproven) log(`nothing proves who wrote ${ref}`);
      if (proven.length < set.policies.length)
        log(`without those that nothing proves, which end then: digest ${policySetDigest(proven)}`);
      log(`signed: ${policySetIsSigned(verify, tenantId, set) ? 'yes' : 'no'}, digest ${found}`);
      return;
    }
    const system: Actor = { tenantId, userId: 'openclaw-setup', role: 'enterprise_admin', orgUnit: '' };
    const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
    await stores.policies.signAsIs(tenantId, {
      digest,
      beforeCommit: () =>
        recordEvent(system, {
          event: 'policy.set_signed',
          detail: `the stored policies as they are, digest ${digest}`,
          outcome: 'success',
          metadata: { digest },
        }),
    });
    log(`the policies of ${tenantId} are signed`);
  } finally {
    await stores.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
