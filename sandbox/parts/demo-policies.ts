import { readFileSync } from 'node:fs';
import { addMissingPolicies } from '#governance/policy/change/add-missing-policies.ts';
import { shippedPolicies } from '#governance/policy/change/shipped-policies.ts';
import { signOlderVersionsOfAll } from '#governance/policy/change/sign-older-versions.ts';
import { createRecordEvent } from '#governance/record.ts';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';
import { parseSigner, parseVerifier } from '#platform/crypto/signature.ts';
import { openStores } from '#stores/open-stores.ts';
import { demoPolicies } from '../demo/policies.ts';
import type { DatabaseUrls } from './databases.ts';
import { demoTenants } from './schema.ts';

interface KeyFiles {
  encryptionKeysFile: string;
  voteSigningKeyFile: string;
  voteVerifyKeysFile: string;
}

/** Tenant `acme` gets the shipped policies and the example of seed 000, other tenants only the shipped ones. */
export async function addDemoPolicies(urls: DatabaseUrls, keys: KeyFiles): Promise<void> {
  const stores = openStores({
    database: { url: urls.databaseUrl, maxConnections: 2 },
    audit: { url: urls.auditDatabaseUrl, maxConnections: 1 },
    envelope: createEnvelope(parseKeyRing(readFileSync(keys.encryptionKeysFile, 'utf8'))),
    policySigning: {
      signer: parseSigner(readFileSync(keys.voteSigningKeyFile, 'utf8')),
      verify: parseVerifier(readFileSync(keys.voteVerifyKeysFile, 'utf8')),
    },
  });
  const now = () => new Date();
  const recordEvent = createRecordEvent({ ledger: stores.ledger, now });
  try {
    for (const { id } of demoTenants) {
      const make = id === 'acme' ? demoPolicies : shippedPolicies;
      await addMissingPolicies({ ...stores, recordEvent, tenantId: id, now, make });
    }
    await signOlderVersionsOfAll({ ...stores, recordEvent });
  } finally {
    await stores.close();
  }
}
