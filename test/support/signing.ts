import { generateKeyPairSync } from 'node:crypto';
import { parseSigner, parseVerifier, type Signer, type Verifier } from '#platform/crypto/signature.ts';

/** A fresh key of a gateway, and the verifier that goes with it. */
export function freshSigner(keyId = 'vote-1'): { signer: Signer; verify: Verifier } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    signer: parseSigner(JSON.stringify({ keyId, privateKeyPem })),
    verify: parseVerifier(JSON.stringify({ [keyId]: publicKeyPem })),
  };
}
