import { type Finding, findingText } from '#transparency/finding.ts';
import { parseTrustedKeys } from '#transparency/tree-signer.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import type { Api } from './api.ts';
import { check, type Steps } from './steps.ts';

interface AuditKeys {
  verify_keys: Record<string, string>;
}

interface AuditStoryOptions {
  steps: Steps;
  admin: Api;
}

/** Shows that anybody with the public key can check the whole record, and finds one changed byte. */
export async function playAuditStory({ steps, admin }: AuditStoryOptions): Promise<void> {
  const trustedKeys = parseTrustedKeys(
    JSON.stringify((await admin.get<AuditKeys>('/audit/keys')).body.verify_keys),
  );
  const exported = await steps.step(
    'The audit log is exported and verifies with the public key alone',
    async (say) => {
      const bytes = await admin.bytes('/audit/export?format=json');
      const verified = await verifyExport({ bytes: [bytes], trustedKeys });
      check(verified.ok, `the export does not verify: ${inWords(verified.findings)}`);
      const head = verified.header?.head.claims;
      say(`${verified.entries} entries, all under the signed head of ${head?.at}`);
      return bytes;
    },
  );

  await steps.step('One changed byte in it is found, and the entry named', async (say) => {
    const changed = Uint8Array.from(exported);
    const at = Math.floor(changed.length / 2);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const verified = await verifyExport({ bytes: [changed], trustedKeys });
    check(!verified.ok, 'a changed byte was not found');
    say(`byte ${at} changed: ${inWords(verified.findings)}`);
  });
}

function inWords(findings: readonly Finding[]): string {
  return findings.map((finding) => findingText(finding)).join('; ');
}
