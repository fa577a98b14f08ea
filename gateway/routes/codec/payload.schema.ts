import { z } from 'zod';

const base64 = z.base64();

/** A payload in the JSON form of Temporal's remote codec: bytes in base64. */
export const remotePayload = z.looseObject({
  metadata: z.record(z.string(), base64).optional(),
  data: base64.optional(),
});

/** Body and answer of `decode`. */
export const remotePayloads = z
  .object({ payloads: z.array(remotePayload).max(2_000).default([]) })
  .meta({ id: 'RemotePayloads' });

export type RemotePayload = z.infer<typeof remotePayload>;
