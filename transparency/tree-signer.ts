import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '#domain/json/parse-json.ts';
import { parseSigner, type Signer } from '#platform/crypto/signature.ts';
import { publicKeyHex } from './trust.ts';

/** A signing key with its public half (64 lower-case hex digits). */
export interface TreeSigner {
  signer: Signer;
  publicKey: string;
}

const keyFile = z.object({ privateKeyPem: z.string() });

/** Parses `{keyId, privateKeyPem}`; throws for anything but an Ed25519 key. */
export function parseTreeSigner(json: string): TreeSigner {
  const { privateKeyPem } = keyFile.parse(parseJson(json));
  const pem = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  return { signer: parseSigner(json), publicKey: publicKeyHex(pem) };
}

const verifyKeysFile = z.record(z.string().min(1).max(64), z.string());

/** Parses `{<key id>: <PEM>}`; throws for anything but Ed25519 keys. */
export function parseKeyFile(json: string): Record<string, string> {
  const keys = verifyKeysFile.parse(parseJson(json));
  for (const pem of Object.values(keys)) publicKeyHex(pem);
  return keys;
}

/** Public keys (hex) of `{<key id>: <PEM>}`, or of one PEM; throws for anything but Ed25519 keys. */
export function parseTrustedKeys(text: string): string[] {
  if (text.trimStart().startsWith('-----')) return [publicKeyHex(text)];
  return Object.values(parseKeyFile(text)).map(publicKeyHex);
}
