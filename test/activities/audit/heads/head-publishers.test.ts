import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Publication } from '#activities/audit/heads/head-publisher.ts';
import { openPublishers } from '#activities/audit/heads/open-publishers.ts';
import { createWebhookPublisher } from '#activities/audit/heads/publish-to-webhook.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { newSigner, sampleHead, sampleHeader, sampleRows } from '../../../support/sample-export.ts';

const signer = newSigner('k1');
const rows = sampleRows(5);
const { head, keys } = sampleHeader(rows, signer);
const publication: Publication = { tenantId: 'acme', head, keys, grew: true };

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

async function startServer(status: number) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { seen, url: `http://127.0.0.1:${port}` };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-heads-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const nowhere = {
  auditHeadsDir: undefined,
  auditHeadsBucketUrl: undefined,
  auditHeadsBucketKeyFile: undefined,
  auditHeadsWebhookUrl: undefined,
};

async function opened(settings: Partial<Record<keyof typeof nowhere, string>>) {
  const { publishers, lastPublished } = await openPublishers({ ...nowhere, ...settings });
  const [publisher] = publishers;
  if (publisher === undefined) throw new Error('no publisher');
  return { publisher, lastPublished };
}

function keyFile(): string {
  const path = join(newFolder(), 'key.json');
  writeFileSync(
    path,
    JSON.stringify({ accessKeyId: 'AK', secretAccessKey: 'secret', region: 'eu-central-1' }),
  );
  return path;
}

describe('published heads', () => {
  it('go nowhere unless a place is configured', async () => {
    const { publishers, lastPublished } = await openPublishers(nowhere);
    expect(publishers).toEqual([]);
    expect(await lastPublished('acme')).toBeUndefined();
  });

  it('are appended to a file of each month', async () => {
    const folder = newFolder();
    const { publisher, lastPublished } = await opened({ auditHeadsDir: folder });
    expect(await lastPublished('acme')).toBeUndefined();
    const older = sampleHead(rows, 3, signer);
    await publisher.publish({ ...publication, head: older, keys: [] });
    await publisher.publish(publication);
    const lines = readFileSync(join(folder, 'acme/2026-03.jsonl'), 'utf8');
    expect(lines).toBe(`${canonicalJson(older)}\n${canonicalJson(head)}\n`);
    expect(readFileSync(join(folder, 'acme/keys.jsonl'), 'utf8')).toBe(`${canonicalJson(keys[0])}\n`);
    expect(await lastPublished('acme')).toEqual(head);
    expect(await lastPublished('globex')).toBeUndefined();
  });

  it('are in the file once and in lines of their own, whatever was cut off before', async () => {
    const folder = newFolder();
    const { publisher, lastPublished } = await opened({ auditHeadsDir: folder });
    const older = sampleHead(rows, 3, signer);
    await publisher.publish({ ...publication, head: older });
    const file = join(folder, 'acme/2026-03.jsonl');
    appendFileSync(file, canonicalJson(head).slice(0, 200));
    expect(await lastPublished('acme')).toEqual(older);
    await publisher.publish(publication);
    await publisher.publish(publication);
    await publisher.publish({ ...publication, head: older });
    expect(readFileSync(file, 'utf8').split('\n')).toEqual([
      canonicalJson(older),
      canonicalJson(head).slice(0, 200),
      canonicalJson(head),
      '',
    ]);
    expect(readFileSync(join(folder, 'acme/keys.jsonl'), 'utf8')).toBe(`${canonicalJson(keys[0])}\n`);
    expect(await lastPublished('acme')).toEqual(head);
  });

  it('are put into a bucket, signed, once each', async () => {
    const { seen, url } = await startServer(200);
    const settings = { auditHeadsBucketUrl: `${url}/heads/`, auditHeadsBucketKeyFile: keyFile() };
    const { publisher } = await opened(settings);
    await publisher.publish(publication);
    expect(seen.map((call) => [call.method, call.url])).toEqual([
      ['PUT', '/heads/acme/keys/k1.json'],
      ['PUT', '/heads/acme/000000000002.json'],
    ]);
    expect(seen[1]?.body).toBe(canonicalJson(head));
    expect(seen[1]?.headers.authorization).toContain('Credential=AK/');
    expect(seen[1]?.headers.authorization).toContain('/eu-central-1/s3/aws4_request');
    expect(seen[1]?.headers['if-none-match']).toBe('*');
    await publisher.publish({ ...publication, keys: [], grew: false });
    expect(seen).toHaveLength(2);
    await expect(opened({ auditHeadsBucketUrl: url })).rejects.toThrow('AUDIT_HEADS_BUCKET_KEY_FILE');
  });

  it('are taken as there when the bucket has them, and missing when it fails', async () => {
    const there = await startServer(412);
    const settings = { auditHeadsBucketKeyFile: keyFile() };
    const { publisher } = await opened({ ...settings, auditHeadsBucketUrl: there.url });
    await expect(publisher.publish(publication)).resolves.toBeUndefined();
    const away = await startServer(503);
    const failing = await opened({ ...settings, auditHeadsBucketUrl: away.url });
    await expect(failing.publisher.publish(publication)).rejects.toThrow('the bucket answered 503');
  });

  it('are posted to a webhook', async () => {
    const { seen, url } = await startServer(204);
    const { publisher } = await opened({ auditHeadsWebhookUrl: `${url}/witness` });
    await publisher.publish(publication);
    expect(seen).toMatchObject([{ method: 'POST', url: '/witness', body: canonicalJson({ head, keys }) }]);
    const elsewhere = await startServer(302);
    const redirected = await opened({ auditHeadsWebhookUrl: elsewhere.url });
    await expect(redirected.publisher.publish(publication)).rejects.toThrow();
  });

  it('never leave the machine in clear', () => {
    expect(() => createWebhookPublisher('http://witness.example.com/')).toThrow('has to be https');
    expect(() => createWebhookPublisher('http://127.0.0.1.example.com/')).toThrow('has to be https');
  });
});
