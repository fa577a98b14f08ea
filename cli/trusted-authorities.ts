import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { usageFailure } from './failure.ts';

interface TrustOptions {
  /** A PEM file, and the setting that named it. */
  own: { path: string; source: string } | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The certificate authorities that may vouch for a server: Node's, those of the system where Node can read them
 * (22.15 or later), and our own file. `undefined` leaves it to Node, which knows NODE_EXTRA_CA_CERTS by itself.
 */
export async function trustedAuthorities({ own, env }: TrustOptions): Promise<string[] | undefined> {
  const added = own === undefined ? [] : await certificatesIn(own);
  if (typeof tls.getCACertificates === 'function') {
    return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...added])];
  }
  if (own === undefined) return undefined;
  // A list of ours replaces Node's own, so what Node would have added is added here.
  const extra = env['NODE_EXTRA_CA_CERTS'];
  return [...tls.rootCertificates, ...(extra ? await readableCertificates(extra) : []), ...added];
}

/** Each certificate of a PEM file; throws a usage failure that names the file. */
export async function certificatesIn({ path, source }: { path: string; source: string }): Promise<string[]> {
  const from = `The certificate authorities of ${source}`;
  const text = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
    throw usageFailure(
      error.code === 'ENOENT'
        ? `${from} are not there: there is no file ${path}.`
        : `${from} cannot be read: ${path}: ${String(error.code)}.`,
    );
  });
  const blocks = blocksOf(text);
  if (blocks.length === 0) {
    throw usageFailure(
      `${from} cannot be read: ${path} holds no PEM certificate.`,
      'Expected `-----BEGIN CERTIFICATE-----`. `openssl x509 -inform der -in <file>` makes it from a binary one.',
    );
  }
  for (const [n, block] of blocks.entries()) {
    if (!isCertificate(block)) {
      throw usageFailure(`${from} cannot be read: certificate ${n + 1} in ${path} is damaged.`);
    }
  }
  return blocks;
}

/** Node says of NODE_EXTRA_CA_CERTS itself what it could not read. */
async function readableCertificates(path: string): Promise<string[]> {
  return blocksOf(await readFile(path, 'latin1').catch(() => '')).filter(isCertificate);
}

function blocksOf(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0;
  } catch {
    return false;
  }
}
