import type { HeadPlace } from '#stores/audit/publications.ts';
import type { KeyStatement, TreeHead } from '#transparency/statement.ts';

/** A head to publish, with the key statements that vouch for it. */
export interface Publication {
  tenantId: string;
  head: TreeHead;
  /**
   * Empty while the key is that of the previous head; else all key statements of the tenant, some of which may have
   * been published before.
   */
  keys: readonly KeyStatement[];
  /** Has the tree grown since the previous head? */
  grew: boolean;
}

/** A place where outsiders can fetch heads. */
export interface HeadPublisher {
  name: HeadPlace;
  /**
   * Called with the heads of a tenant in order; the same head may come again when it is not known whether it arrived.
   */
  publish(publication: Publication): Promise<void>;
}

/** Limit of one attempt, in milliseconds. */
export const publishTimeoutMs = 5_000;

/** Where every call costs money, of heads over a tree that has not grown one in sixty is published: one an hour. */
export function isWorthACall({ head, grew, keys }: Publication): boolean {
  return grew || keys.length > 0 || head.claims.n % 60 === 0;
}
