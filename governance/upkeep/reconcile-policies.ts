import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Gap, GapSpan } from '#stores/audit/gap.ts';
import type { PolicyChangeEntry, PolicyGapStore, PolicyVersionRow } from '#stores/policy/gaps.ts';
import { policyRef } from '#stores/policy/rows.ts';

/**
 * Compares what the record says of policies with the stored policies, both ways. An entry is written before its change
 * is committed: if the database dies in between, nobody else would ever notice that the change did not happen.
 */
export type ReconcilePolicies = (tenantId: string, span: GapSpan, most: number) => Promise<readonly Gap[]>;

export function createReconcilePolicies(gaps: PolicyGapStore): ReconcilePolicies {
  return async (tenantId, span, most) => {
    const found: Gap[] = [];
    const canaries = new Map<string, PolicyChangeEntry>();
    for await (const entries of gaps.policyChanges(tenantId, span)) {
      const rows = await gaps.policyVersions(tenantId, refsOf(entries));
      for (const entry of entries) {
        if (!didHappen(entry, rows.get(refOf(entry)))) found.push(...newGapOf(entry));
        else if (entry.event.startsWith('policy.canary_')) canaries.set(policyOf(entry), entry);
      }
      // Canaries are judged by their last entry, which this page may not contain.
      if (found.length >= most) return found.slice(0, most);
    }
    const newest = [...canaries.values()];
    const rows = await gaps.policyVersions(tenantId, refsOf(newest));
    const unheeded = newest.filter((entry) => !isHeeded(entry, rows.get(refOf(entry))));
    const bare = await gaps.inPolicies(tenantId, span);
    return [...found, ...unheeded.flatMap(newGapOf), ...bare].slice(0, most);
  };
}

/** The version exists, has reached the status in the entry, and has the content whose digest the entry gives. */
function didHappen({ metadata }: PolicyChangeEntry, row: PolicyVersionRow | undefined): boolean {
  if (row === undefined) return false;
  const { status, content_digest: digest } = metadata;
  const { name, rules, mayGrant } = row;
  if (status === 'deprecated' && row.status !== 'deprecated') return false;
  if (status === 'active' && row.status === 'draft') return false;
  return typeof digest !== 'string' || digest === sha256Hex(canonicalJson({ name, rules, mayGrant }));
}

/** Does the draft have the canary that its last entry says? A version that is no longer a draft has none. */
function isHeeded({ event }: PolicyChangeEntry, row: PolicyVersionRow | undefined): boolean {
  if (row?.status !== 'draft') return true;
  return row.isCanary === (event === 'policy.canary_started');
}

/** The gap, unless it is on record already. */
function newGapOf({ id, isGap }: PolicyChangeEntry): Gap[] {
  return isGap ? [] : [{ kind: 'entry_without_policy_change', ref: id }];
}

function refsOf(entries: readonly PolicyChangeEntry[]): string[] {
  return [...new Set(entries.map(refOf))];
}

function policyOf({ metadata }: PolicyChangeEntry): string {
  return String(metadata['policy_id']);
}

function refOf(entry: PolicyChangeEntry): string {
  return policyRef(policyOf(entry), String(entry.metadata['version']));
}
