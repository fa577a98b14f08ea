import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Envelope } from '#platform/crypto/envelope.ts';

const encrypted = 'binary/encrypted';
const nothing = 'binary/null';
const additionalData = 'temporal-payload';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Is this a payload that the codec made? */
export function isEncrypted(payload: Payload): boolean {
  const encoding = payload.metadata?.encoding;
  return encoding !== undefined && Buffer.from(encoding).toString() === encrypted;
}

/**
 * Encrypts every payload of every history with the installation's keys (AES-256-GCM, rotation by key id).
 * Plaintext from outside never reaches workflow code: it decodes to nothing, which every validator refuses.
 * (Throwing would fail the workflow task, so that a stranger's message could block a healthy workflow.)
 */
export function createPayloadCodec(envelope: Envelope): PayloadCodec {
  return {
    encode: async (payloads) =>
      payloads.map((payload) => ({
        metadata: { encoding: Buffer.from(encrypted) },
        data: envelope.seal(PayloadMessage.encode(payload).finish(), additionalData),
      })),
    decode: async (payloads) =>
      payloads.map((payload) => {
        if (!isEncrypted(payload)) return { metadata: { encoding: Buffer.from(nothing) } };
        return PayloadMessage.decode(envelope.open(payload.data ?? new Uint8Array(), additionalData));
      }),
  };
}
