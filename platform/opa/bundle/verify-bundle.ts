import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import type { BundleKeys } from './bundle-keys.ts';
import { BundleRefused } from './refused.ts';
import { structuredText } from './structured-text.ts';

const signatureFile = '.signatures.json';

const signatures = z.object({ signatures: z.tuple([z.string().max(262_144)]) });

const signed = z.object({
  files: z
    .array(
      z.object({
        name: z.string(),
        hash: z.string().regex(/^[0-9a-f]+$/),
        algorithm: z.enum(['SHA-256', 'SHA-384', 'SHA-512']),
      }),
    )
    .max(500),
  keyid: z.string().optional(),
  scope: z.string().optional(),
});

type SignedFile = z.output<typeof signed>['files'][number];

interface VerifyOptions {
  keys: BundleKeys;
  /** The tenant of the bundle; a signature with a `scope` must name it. */
  tenantId: string;
}

/**
 * Checks a bundle's files against OPA's own signature format (`.signatures.json`: one JWT over the hashes of all other
 * files). Throws `BundleRefused` for a missing signature, an unknown key, a wrong signature, and a missing, changed or
 * additional file.
 */
export async function verifyBundle(
  files: ReadonlyMap<string, Buffer>,
  { keys, tenantId }: VerifyOptions,
): Promise<void> {
  const { files: listed, scope } = await signedContent(files.get(signatureFile), keys);
  if (scope !== undefined && scope !== tenantId) throw new BundleRefused('it is signed for another scope');
  const names = new Set(listed.map(({ name }) => name));
  const held = [...files.keys()].filter((name) => name !== signatureFile);
  const unsigned = held.find((name) => !names.has(name));
  if (unsigned !== undefined) throw new BundleRefused(`its signature does not cover ${unsigned}`);
  if (names.size !== held.length || listed.length !== held.length)
    throw new BundleRefused('its signature speaks of files that it does not hold');
  for (const file of listed) {
    const bytes = files.get(file.name);
    if (bytes === undefined || hashOf(file, bytes) !== file.hash)
      throw new BundleRefused(`${file.name} is not the file that was signed`);
  }
}

async function signedContent(file: Buffer | undefined, keys: BundleKeys): Promise<z.output<typeof signed>> {
  if (file === undefined) throw new BundleRefused('it is not signed');
  try {
    const [token] = signatures.parse(parseJson(file.toString('utf8'))).signatures;
    const key = keys.get(keyIdOf(token));
    if (key === undefined) throw new BundleRefused('it is signed with a key that is not configured');
    // The configured algorithm is used, whatever the token says.
    const { payload } = await jwtVerify(token, key.key, { algorithms: [key.algorithm] });
    return signed.parse(payload);
  } catch (cause) {
    throw cause instanceof BundleRefused ? cause : new BundleRefused('its signature is not valid', cause);
  }
}

/** OPA reads `keyid` from the claims; its header sometimes has it too. */
function keyIdOf(token: string): string {
  const { keyid } = z.object({ keyid: z.string().optional() }).parse(decodeJwt(token));
  const { kid } = decodeProtectedHeader(token);
  return keyid ?? kid ?? 'default';
}

function hashOf({ name, algorithm }: SignedFile, bytes: Buffer): string {
  const content = isStructured(name) ? structuredContent(name, bytes) : bytes;
  return createHash(algorithm.replace('-', '').toLowerCase()).update(content).digest('hex');
}

/** Text that is not JSON has no such form, and neither has JSON that is nested deeper than the stack. */
function structuredContent(name: string, bytes: Buffer): string {
  try {
    return structuredText(bytes.toString('utf8'));
  } catch (cause) {
    throw new BundleRefused(`${name} is not JSON that can be read`, cause);
  }
}

function isStructured(name: string): boolean {
  return ['data.json', '.manifest'].includes(basename(name));
}
