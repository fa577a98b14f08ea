import { readFile } from 'node:fs/promises';
import type { TreeHead } from '#transparency/statement.ts';
import type { HeadPublisher } from './head-publisher.ts';
import { createBucketPublisher } from './publish-to-bucket.ts';
import { createFolderPublisher } from './publish-to-folder.ts';
import { createWebhookPublisher } from './publish-to-webhook.ts';

interface PublisherSettings {
  auditHeadsDir: string | undefined;
  auditHeadsBucketUrl: string | undefined;
  auditHeadsBucketKeyFile: string | undefined;
  auditHeadsWebhookUrl: string | undefined;
}

export interface Publishers {
  publishers: readonly HeadPublisher[];
  lastPublished(tenantId: string): Promise<TreeHead | undefined>;
}

/** The places that are configured; throws for a setting that can't work. */
export async function openPublishers(settings: PublisherSettings): Promise<Publishers> {
  const { auditHeadsDir, auditHeadsBucketUrl, auditHeadsBucketKeyFile, auditHeadsWebhookUrl } = settings;
  const folder = auditHeadsDir === undefined ? undefined : createFolderPublisher(auditHeadsDir);
  const publishers: HeadPublisher[] = folder === undefined ? [] : [folder];
  if (auditHeadsBucketUrl !== undefined) {
    if (auditHeadsBucketKeyFile === undefined)
      throw new RangeError('AUDIT_HEADS_BUCKET_URL needs AUDIT_HEADS_BUCKET_KEY_FILE');
    const keyJson = await readFile(auditHeadsBucketKeyFile, 'utf8');
    publishers.push(createBucketPublisher({ url: auditHeadsBucketUrl, keyJson }));
  }
  if (auditHeadsWebhookUrl !== undefined) publishers.push(createWebhookPublisher(auditHeadsWebhookUrl));
  return { publishers, lastPublished: async (tenantId) => folder?.last(tenantId) };
}
