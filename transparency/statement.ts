import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Signer } from '#platform/crypto/signature.ts';

/** Claims with an Ed25519 signature (base64url) over their canonical JSON. */
export interface Signed<Claims> {
  claims: Claims;
  keyId: string;
  signature: string;
}

/** The state of a tenant's tree. */
export interface HeadClaims {
  kind: 'audit-head';
  tenantId: string;
  /** From 1, without gaps. */
  n: number;
  /** Number of leaves that it covers. */
  size: number;
  /** 64 lower-case hex digits. */
  rootHash: string;
  /** ISO 8601, milliseconds, UTC. */
  at: string;
  /** `statementDigest` of the head before it; `null` for the first. */
  previous: string | null;
}

/** Introduces a key: signed by one that is already trusted, or by itself. */
export interface KeyClaims {
  kind: 'audit-key';
  tenantId: string;
  keyId: string;
  /** The 32 bytes of an Ed25519 key, 64 lower-case hex digits. */
  publicKey: string;
  at: string;
}

export type TreeHead = Signed<HeadClaims>;
export type KeyStatement = Signed<KeyClaims>;

export function signStatement<Claims extends HeadClaims | KeyClaims>(
  signer: Signer,
  claims: Claims,
): Signed<Claims> {
  return { claims, keyId: signer.keyId, signature: signer.sign(claims) };
}

/** SHA-256 (hex) of the statement's canonical JSON, signature included. */
export function statementDigest(statement: TreeHead | KeyStatement): string {
  return sha256Hex(canonicalJson(statement));
}
