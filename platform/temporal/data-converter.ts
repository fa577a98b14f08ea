import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { type CodecOptions, createPayloadCodec } from './payload-codec.ts';

/** Path for `failureConverterPath`: messages and stacks of failures are encrypted too. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** Used by client, worker and replayer alike, so that each can read what another wrote. */
export function createDataConverter(envelope: Envelope, options: CodecOptions): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(envelope, options)] };
}
