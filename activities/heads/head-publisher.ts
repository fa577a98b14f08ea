import type { KeyStatement, TreeHead } from '#transparency/statement.ts';

/** A head to give away, with the keys that it introduces. */
export interface Publication {
  tenantId: string;
  head: TreeHead;
  keys: readonly KeyStatement[];
  /** Whether the tree grew since the head before. */
  grew: boolean;
}

/** A place where outsiders find heads. */
export interface HeadPublisher {
  name: 'folder' | 'bucket' | 'webhook';
  publish(publication: Publication): Promise<void>;
}

/** Milliseconds that one try may take. */
export const publishTimeoutMs = 5_000;

/** Where each call costs, heads over a tree that stands still go out once an hour. */
export function isWorthACall({ head, grew, keys }: Publication): boolean {
  return grew || keys.length > 0 || head.claims.at.slice(14, 16) === '00';
}
