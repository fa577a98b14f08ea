import type { HeadPlace } from '#stores/audit/publications.ts';
import type { KeyStatement, TreeHead } from '#transparency/statement.ts';

/** A head to give away, with key statements that speak for it. */
export interface Publication {
  tenantId: string;
  head: TreeHead;
  /** Empty while its key is that of the head before; else all of the tenant's, of which the place may have some. */
  keys: readonly KeyStatement[];
  /** Whether the tree grew since the head before. */
  grew: boolean;
}

/** A place where outsiders find heads. */
export interface HeadPublisher {
  name: HeadPlace;
  /** Heads of a tenant come in order; one may come again when it is not known whether it got there. */
  publish(publication: Publication): Promise<void>;
}

/** Milliseconds that one try may take. */
export const publishTimeoutMs = 5_000;

/** Where each call costs, heads over a tree that stands still go out once an hour. */
export function isWorthACall({ head, grew, keys }: Publication): boolean {
  return grew || keys.length > 0 || head.claims.at.slice(14, 16) === '00';
}
