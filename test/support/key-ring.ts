import { randomBytes } from 'node:crypto';
import { createEnvelope, type Envelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';

/** An envelope under a fresh key. */
export function freshEnvelope(): Envelope {
  const keys = { k1: randomBytes(32).toString('base64') };
  return createEnvelope(parseKeyRing(JSON.stringify({ active: 'k1', keys })));
}
