import { execFile } from 'node:child_process';
import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

export interface DownloadOptions {
  version: string;
  /** The program is stored as `temporal` inside. */
  to: string;
}

const silenceLimitMs = 10_000;
const platforms: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** Temporal's own download, requested as its SDKs do; gives up after ten seconds without a byte. */
export async function downloadTemporalCli(options: DownloadOptions): Promise<void> {
  const platform = platforms[process.platform];
  const arch = architectures[process.arch];
  if (!platform || !arch) throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  mkdirSync(dirname(options.to), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(dirname(options.to), 'download-'));
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('no answer within 10 s')), silenceLimitMs);
  try {
    const about = await fetch(
      `https://temporal.download/cli/v${options.version}?arch=${arch}&platform=${platform}&format=tar.gz`,
      { signal: silence.signal },
    );
    if (!about.ok) throw new Error(`the download service answered ${about.status}`);
    const { archiveUrl, fileToExtract } = readAbout(await about.json());
    const archive = await fetch(archiveUrl, { signal: silence.signal });
    if (!archive.ok || !archive.body) throw new Error(`the download service answered ${archive.status}`);
    const file = join(draft, 'temporal.tar.gz');
    const heard = new Transform({
      transform(chunk, _encoding, done) {
        timer.refresh();
        done(null, chunk);
      },
    });
    await pipeline(Readable.from(archive.body), heard, createWriteStream(file), { signal: silence.signal });
    await promisify(execFile)('tar', ['-xzf', file, '-C', draft, fileToExtract]);
    chmodSync(join(draft, fileToExtract), 0o755);
    renameSync(join(draft, fileToExtract), options.to);
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : plain(error);
  } finally {
    clearTimeout(timer);
    rmSync(draft, { recursive: true, force: true });
  }
}

function readAbout(read: unknown): { archiveUrl: string; fileToExtract: string } {
  if (typeof read === 'object' && read !== null && 'archiveUrl' in read && 'fileToExtract' in read) {
    const { archiveUrl, fileToExtract } = read;
    if (typeof archiveUrl === 'string' && archiveUrl.startsWith('https://') && fileToExtract === 'temporal') {
      return { archiveUrl, fileToExtract };
    }
  }
  throw new Error('the download service sent an answer we cannot read');
}

/** `fetch failed` says nothing; its cause does. */
function plain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause : error;
}
