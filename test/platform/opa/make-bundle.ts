import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { pack } from 'tar-stream';
import { type BundleKeys, parseBundleKeys } from '#platform/opa/bundle/bundle-keys.ts';
import { readArchive } from '#platform/opa/bundle/read-archive.ts';
import { structuredText } from '#platform/opa/bundle/structured-text.ts';

const fixtures = new URL('./fixtures/', import.meta.url);

/** A bundle that OPA built and signed; its source lies beside it. */
export const opaBundle = readFileSync(new URL('customer.tar.gz', fixtures));

/** The keys of a configuration that trusts it. */
export const opaBundleKeys = parseBundleKeys(
  JSON.stringify({
    fixture: { algorithm: 'ES256', key: readFileSync(new URL('customer.pub.pem', fixtures), 'utf8') },
  }),
);

export type Files = Map<string, Buffer>;

/** Its files without the signature. */
export async function unsignedFiles(): Promise<Files> {
  const files = new Map(await readArchive(opaBundle));
  files.delete('.signatures.json');
  return files;
}

export function archive(
  files: Iterable<readonly [string, Buffer]>,
  header: { type?: 'symlink'; linkname?: string } = {},
): Promise<Buffer> {
  const packing = pack();
  for (const [name, bytes] of files) packing.entry({ name: `/${name}`, ...header }, bytes);
  packing.finalize();
  return buffer(packing).then((tar) => gzipSync(tar));
}

/** A key pair of the tests' own, and the configuration that trusts it as `test`. */
export function signingKey(): { privateKey: KeyObject; keys: BundleKeys } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = publicKey.export({ type: 'spki', format: 'pem' });
  return { privateKey, keys: parseBundleKeys(JSON.stringify({ test: { algorithm: 'ES256', key } })) };
}

/** Adds a signature as OPA makes it, over the files as they are now. */
export async function sign(
  files: Files,
  options: { privateKey: KeyObject; keyid?: string; scope?: string },
): Promise<Files> {
  const { privateKey, ...claims } = options;
  const listed = [...files].map(([name, bytes]) => ({
    name,
    hash: createHash('sha256').update(contentOf(name, bytes)).digest('hex'),
    algorithm: 'SHA-256',
  }));
  const token = await new SignJWT({ keyid: 'test', ...claims, files: listed })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .sign(privateKey);
  return new Map([...files, ['.signatures.json', Buffer.from(JSON.stringify({ signatures: [token] }))]]);
}

function contentOf(name: string, bytes: Buffer): string | Buffer {
  return name === 'data.json' || name === '.manifest' ? structuredText(bytes.toString()) : bytes;
}
