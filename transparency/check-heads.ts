import type { ExportHeader } from './export-format.ts';
import type { FindingKind } from './finding.ts';
import { statementDigest, type TreeHead } from './statement.ts';
import { timeOf } from './time-of.ts';
import { type TreeBuilder, toHex } from './tree.ts';
import { createTrust } from './trust.ts';

interface HeadChecksOptions {
  header: ExportHeader;
  /** Trusted public keys (hex). */
  trustedKeys: readonly string[];
  keptHeads?: readonly TreeHead[];
  report(kind: FindingKind, subject: string): void;
}

/** Checks the heads of an export, and those that somebody kept, against the tree that its rows make. */
export interface HeadChecks {
  /** Called for each size that the tree reaches. */
  atSize(builder: TreeBuilder): void;
  /** How many leaves the heads cover that were signed within two days after that time (ISO 8601). */
  sizeSoonAfter(time: string): number;
  /** Does that time lie more than a day before a head that does not cover the position yet? Positions must rise. */
  isDayBefore(position: number, time: string): boolean;
  /** `intact`: no position was missing, so every head could have been compared. */
  atEnd(intact: boolean): void;
}

/** Clocks differ, and writes may have to wait: an entry may get its place up to a day after its own time. */
const toleranceMs = 86_400_000;

/** An entry gets its place within a day of its own time, and a head follows. */
const soonMs = 2 * 86_400_000;

export function createHeadChecks({
  header,
  trustedKeys,
  keptHeads = [],
  report,
}: HeadChecksOptions): HeadChecks {
  const { head: newest, tenantId } = header;
  const trust = createTrust(trustedKeys, header.keys);
  const believed = (head: TreeHead, subject: string): boolean => {
    const ok = trust.distrust(head) === undefined && head.claims.tenantId === tenantId;
    if (!ok) report('head', subject);
    return ok;
  };

  believed(newest, nameOf(newest));
  const earlier = header.heads.filter((head) => {
    // Signed by an older key than those that are trusted: this proves nothing, neither for it nor against it.
    if (trust.distrust(head) === 'unknown_key') return false;
    return believed(head, nameOf(head));
  });
  for (const [n, head] of earlier.entries()) {
    const next = earlier[n + 1] ?? newest;
    if (!follows(head, next)) report('order', nameOf(next));
  }

  const open: { size: number; rootHash: string; subject: string; kind: 'root' | 'forked' }[] = [];
  for (const head of [...earlier, newest]) {
    const { size, rootHash } = head.claims;
    open.push({ size, rootHash, subject: nameOf(head), kind: 'root' });
  }
  for (const kept of keptHeads) {
    const subject = `the head that you hold (${kept.claims.n})`;
    const { size, rootHash, at } = kept.claims;
    if (!believed(kept, subject)) continue;
    if (size > newest.claims.size) report(at <= newest.claims.at ? 'rolled_back' : 'newer', subject);
    else open.push({ size, rootHash, subject, kind: 'forked' });
  }
  open.sort((one, other) => one.size - other.size);

  let goodSize = 0;
  let differs = false;
  const dated = [...earlier];
  let youngest: number | undefined;
  return {
    atSize(builder) {
      for (let next = open[0]; next?.size === builder.size(); next = open[0]) {
        open.shift();
        if (toHex(builder.root()) === next.rootHash) goodSize = next.size;
        else if (next.kind === 'forked') report('forked', next.subject);
        else if (!differs) {
          differs = true;
          report('root', `${next.subject}, positions ${goodSize} to ${next.size - 1}`);
        }
      }
      while (open[0] !== undefined && open[0].size < builder.size()) {
        const missed = open.shift();
        if (missed?.kind === 'forked') report('uncovered', missed.subject);
      }
    },
    sizeSoonAfter(time) {
      const until = timeOf(time) + soonMs;
      const soon = earlier.filter(({ claims }) => timeOf(claims.at) <= until);
      return soon.reduce((size, { claims }) => Math.max(size, claims.size), 0);
    },
    isDayBefore(position, time) {
      for (let next = dated[0]; next !== undefined && next.claims.size <= position; next = dated[0]) {
        dated.shift();
        youngest = timeOf(next.claims.at);
      }
      return youngest !== undefined && timeOf(time) < youngest - toleranceMs;
    },
    atEnd(intact) {
      if (intact) return;
      for (const { kind, subject } of open) if (kind === 'forked') report('uncovered', subject);
    },
  };
}

function nameOf(head: TreeHead): string {
  return `head ${head.claims.n}`;
}

function follows(older: TreeHead, { claims: newer }: TreeHead): boolean {
  const { n, size, at } = older.claims;
  const linked = newer.n > n + 1 || newer.previous === statementDigest(older);
  return linked && newer.n > n && newer.size >= size && newer.at >= at;
}
