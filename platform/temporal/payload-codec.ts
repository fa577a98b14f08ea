import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Envelope } from '#platform/crypto/envelope.ts';

const encrypted = 'binary/encrypted';
const additionalData = 'temporal-payload';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const nothing = (): Payload => ({ metadata: { encoding: Buffer.from('binary/null') } });

/** Is this a payload that the codec made? */
export function isEncrypted(payload: Payload): boolean {
  const encoding = payload.metadata?.encoding;
  return encoding !== undefined && Buffer.from(encoding).toString() === encrypted;
}

interface CodecOptions {
  /** What becomes of a payload that claims to be ours and can't be opened: an error, or nothing as well. */
  unreadable: 'throws' | 'is nothing';
}

/**
 * Encrypts every payload of every history with the installation's keys (AES-256-GCM, rotation by key id).
 * Plaintext from outside never reaches workflow code: it decodes to nothing, which every validator refuses.
 * (Throwing would fail the workflow task, so that a stranger's message could block a healthy workflow; the same
 * holds for bytes that only pretend to be encrypted.)
 */
export function createPayloadCodec(
  envelope: Envelope,
  { unreadable }: CodecOptions = { unreadable: 'throws' },
): PayloadCodec {
  const open = (sealed: Uint8Array): Payload => {
    try {
      return PayloadMessage.decode(envelope.open(sealed, additionalData));
    } catch (error) {
      if (unreadable === 'throws') throw error;
      return nothing();
    }
  };
  return {
    encode: async (payloads) =>
      payloads.map((payload) => ({
        metadata: { encoding: Buffer.from(encrypted) },
        data: envelope.seal(PayloadMessage.encode(payload).finish(), additionalData),
      })),
    decode: async (payloads) =>
      payloads.map((payload) => {
        return isEncrypted(payload) ? open(payload.data ?? new Uint8Array()) : nothing();
      }),
  };
}
