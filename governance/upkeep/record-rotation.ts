import { createHmac } from 'node:crypto';
import { systemActor } from '#domain/person/actor.ts';
import type { KeyRing } from '#platform/crypto/key-ring.ts';
import type { OnRotation } from '#platform/secrets/read-secret.ts';
import type { RecordEvent } from '../record.ts';

interface RecordRotationOptions {
  recordEvent: RecordEvent;
  /** Its first key makes the digests that tell contents apart: without it they say nothing of the value. */
  keys: Pick<KeyRing, 'active'>;
  now: () => Date;
}

/**
 * Puts a changed secret on record before it is used, once for the installation however many processes notice: they
 * agree by a keyed digest of the two contents, and the hour lets the same change come back later.
 */
export function createRecordRotation({ recordEvent, keys, now }: RecordRotationOptions): OnRotation {
  return async ({ tenantId, secretName, key, content, before }) => {
    const digest = createHmac('sha256', keys.active.key)
      .update('secret-rotation|')
      .update(createHmac('sha256', keys.active.key).update(before).digest())
      .update(content)
      .digest('hex');
    await recordEvent(systemActor(tenantId), {
      event: 'secret.rotated',
      detail: `${secretName}/${key}`,
      outcome: 'success',
      metadata: { secret: secretName, key },
      dedupeKey: `secret.rotated:${digest}:${now().toISOString().slice(0, 13)}`,
    });
  };
}
