import { createHmac } from 'node:crypto';
import { systemActor } from '#domain/person/actor.ts';
import type { KeyRing } from '#platform/crypto/key-ring.ts';
import type { OnRotation } from '#platform/secrets/read-secret.ts';
import type { RecordEvent } from '../record.ts';

interface RecordRotationOptions {
  recordEvent: RecordEvent;
  /** Its active key makes the digests that distinguish contents; without the key they reveal nothing of the value. */
  keys: Pick<KeyRing, 'active'>;
  now: () => Date;
}

/**
 * Records a changed secret before it is used, once for the installation however many processes notice: they agree on
 * the entry by a keyed digest of both contents. The hour in the key lets the same change be recorded again later.
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
