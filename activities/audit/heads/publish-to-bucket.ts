import { AwsClient } from 'aws4fetch';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { type HeadPublisher, isWorthACall, publishTimeoutMs } from './head-publisher.ts';

const keyFile = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).optional(),
  region: z.string().min(1).default('us-east-1'),
});

/** Objects `<url>/<tenant>/<n>.json` and `<url>/<tenant>/keys/<key id>.json` in an S3-compatible bucket. */
export function createBucketPublisher({ url, keyJson }: { url: string; keyJson: string }): HeadPublisher {
  const { region, sessionToken, ...keys } = keyFile.parse(parseJson(keyJson));
  const client = new AwsClient({
    ...keys,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    region,
    service: 's3',
    retries: 0,
  });
  const root = url.replace(/\/+$/, '');

  async function put(path: string, statement: object): Promise<void> {
    const answer = await client.fetch(`${root}/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-none-match': '*' },
      body: canonicalJson(statement),
      signal: AbortSignal.timeout(publishTimeoutMs),
    });
    await answer.body?.cancel();
    // 412: an earlier attempt, whose answer was lost, has already written it.
    if (!answer.ok && answer.status !== 412) throw new Error(`the bucket answered ${answer.status}`);
  }

  return {
    name: 'bucket',
    async publish(publication) {
      if (!isWorthACall(publication)) return;
      const { tenantId, head, keys: introduced } = publication;
      for (const key of introduced)
        await put(`${tenantId}/keys/${encodeURIComponent(key.claims.keyId)}.json`, key);
      await put(`${tenantId}/${String(head.claims.n).padStart(12, '0')}.json`, head);
    },
  };
}
