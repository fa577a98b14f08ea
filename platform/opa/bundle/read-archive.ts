import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { BundleRefused } from './refused.ts';

const unzip = promisify(gunzip);

export const maxArchiveBytes = 10 * 1_048_576;
const maxUnpackedBytes = 40 * 1_048_576;
const maxFiles = 500;

/** The files of a `.tar.gz` by path; throws `BundleRefused` for links, odd paths and anything too large. */
export async function readArchive(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  if (bytes.byteLength > maxArchiveBytes) throw new BundleRefused('it is larger than 10 MB');
  const unpacked = await unpackedBytes(bytes);
  const files = new Map<string, Buffer>();
  try {
    const archive = extract();
    archive.end(unpacked);
    for await (const entry of archive) {
      const path = pathOf(entry.header, files);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) {
        if (chunk instanceof Uint8Array) chunks.push(chunk);
      }
      if (path !== undefined) files.set(path, Buffer.concat(chunks));
      if (files.size > maxFiles) throw new BundleRefused(`it holds more than ${maxFiles} files`);
    }
  } catch (cause) {
    throw cause instanceof BundleRefused ? cause : new BundleRefused('it is not a whole tar archive', cause);
  }
  return files;
}

async function unpackedBytes(bytes: Uint8Array): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (cause) {
    const tooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw new BundleRefused(
      tooLarge ? 'it unpacks to more than 40 MB' : 'it is not a whole gzip file',
      cause,
    );
  }
}

/** The entry's path without the slash that OPA begins it with; `undefined` for a folder. */
function pathOf({ name, type }: Header, known: ReadonlyMap<string, unknown>): string | undefined {
  if (type === 'directory') return undefined;
  if (type !== 'file') throw new BundleRefused(`it holds a ${type}`);
  const path = name.replace(/^(\.?\/)+/, '');
  const steps = path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..') || /[\\\0]/.test(path))
    throw new BundleRefused('it holds a file with an odd path');
  if (known.has(path)) throw new BundleRefused('it holds a file twice');
  return path;
}
