import { readFile } from 'node:fs/promises';
import type { ConfigWith } from '#platform/config/parse-config.ts';
import { parseTreeSigner, parseTrustedKeys } from '#transparency/tree-signer.ts';
import { openPublishers } from './open-publishers.ts';

/**
 * The keys that sign heads of the audit log, and the places that get them; throws for a file or a setting that can't
 * work.
 */
export async function openHeads(config: ConfigWith<'AUDIT_SIGNING_KEY_FILE'>) {
  const read = async (path: string | undefined) => (path === undefined ? undefined : readFile(path, 'utf8'));
  const previousKey = await read(config.auditPreviousSigningKeyFile);
  const trustedKeys = await read(config.auditVerifyKeysFile);
  return {
    signer: parseTreeSigner(await readFile(config.auditSigningKeyFile, 'utf8')),
    ...(previousKey === undefined ? {} : { previousSigner: parseTreeSigner(previousKey) }),
    trustedKeys: trustedKeys === undefined ? [] : parseTrustedKeys(trustedKeys),
    ...(await openPublishers(config)),
  };
}
