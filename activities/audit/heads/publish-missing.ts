import type { PublicationStore } from '#stores/audit/publications.ts';
import type { TreeStore } from '#stores/audit/tree.ts';
import type { TreeHead } from '#transparency/statement.ts';
import type { HeadPublisher, Publication } from './head-publisher.ts';

export interface PublishMissingOptions {
  tree: Pick<TreeStore, 'headsFrom' | 'state'>;
  publications: Pick<PublicationStore, 'want' | 'advance'>;
  publishers: readonly HeadPublisher[];
  onProgress(): void;
  onFailure(publication: Publication, place: HeadPublisher['name'], cause: unknown): Promise<void>;
  /** How long one place may take in this run, in milliseconds; default 30 s, so that the next minute is not missed. */
  limitMs?: number;
}

/** Heads read at once. */
const pieceSize = 200;

/** Attempts per publication. */
const publishTries = 3;

/**
 * Sends every place the heads that it lacks, in order; `newest` is the newest of each tenant. What fails or does not
 * fit into the time is due again a minute later. Returns how many tenants have heads missing somewhere.
 */
export async function publishMissing(
  newest: readonly TreeHead[],
  options: PublishMissingOptions,
): Promise<number> {
  const { tree, publications, publishers, onProgress, onFailure, limitMs = 30_000 } = options;
  const until = performance.now() + limitMs;
  const inTime = () => performance.now() < until;

  /** The heads that the place lacks, one after the other. */
  async function* missing(tenantId: string, mark: { n: number; at: string | null }) {
    let before: TreeHead | undefined;
    for (let from = Math.max(1, mark.n), more = true; more; from = (before?.claims.n ?? 0) + 1) {
      const heads = await tree.headsFrom(tenantId, from, pieceSize);
      more = heads.length === pieceSize;
      for (const head of heads) {
        if (head.claims.n > mark.n) {
          const isNew = mark.at === null && head.claims.n === mark.n + 1;
          const keys = isNew || before?.keyId !== head.keyId ? (await tree.state(tenantId)).keys : [];
          const grew = isNew || head.claims.size > (before?.claims.size ?? 0);
          yield { tenantId, head, keys, grew };
        }
        before = head;
      }
    }
  }

  async function catchUp(publisher: HeadPublisher, tenantId: string, mark: { n: number; at: string | null }) {
    for await (const publication of missing(tenantId, mark)) {
      if (!inTime()) return false;
      onProgress();
      const failure = await failureOf(publisher, publication);
      if (failure !== undefined) {
        await onFailure(publication, publisher.name, failure);
        return false;
      }
      await publications.advance(tenantId, publisher.name, publication.head.claims);
    }
    return true;
  }

  const places = publishers.map(({ name }) => name);
  const lacking = new Set<string>();
  const wanted = await Promise.all(
    newest.map(async ({ claims: { tenantId, n } }) => ({
      tenantId,
      marks: await publications.want(tenantId, places, n),
    })),
  );
  // Trouble with one place doesn't stop the others.
  const done = await Promise.allSettled(
    publishers.map(async (publisher) => {
      for (const { tenantId, marks } of inTurn(wanted)) {
        const mark = marks.find(({ place }) => place === publisher.name);
        if (mark !== undefined && !(await catchUp(publisher, tenantId, mark))) lacking.add(tenantId);
      }
    }),
  );
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  return lacking.size;
}

async function failureOf(publisher: HeadPublisher, publication: Publication): Promise<unknown> {
  let failure: unknown;
  for (let tries = 0; tries < publishTries; tries += 1) {
    try {
      await publisher.publish(publication);
      return undefined;
    } catch (error) {
      failure = error ?? new Error('no reason given');
    }
  }
  return failure;
}

/** Starts with another one each minute, so that it is not always the same ones that time runs out for. */
function inTurn<Item>(items: readonly Item[]): readonly Item[] {
  const first = Math.floor(Date.now() / 60_000) % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}
