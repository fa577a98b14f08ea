import { systemActor } from '#domain/person/actor.ts';
import type { RecordEvent } from '../record.ts';
import type { RefusedSet } from './cache.ts';

const words: Record<RefusedSet['why'], string> = {
  unsigned: 'they carry no signature',
  signature: 'they are not what was signed',
  older: 'they are older than what was in force',
  schema: 'their rules do not fit their domain',
};

/**
 * Records a refused set of policies, once for each occurrence however many processes see it. If recording fails, it is
 * tried again with the next read; the set is refused in any case.
 */
export function createRecordRefusedSet({ recordEvent }: { recordEvent: RecordEvent }) {
  return ({ tenantId, revision, digest, why }: RefusedSet): void => {
    recordEvent(systemActor(tenantId), {
      event: 'policy.set_refused',
      detail: `stored policies, revision ${revision}: ${words[why]}; the last good ones stay in force`,
      outcome: 'error',
      metadata: { revision, digest, why },
      dedupeKey: `policy.set_refused:${revision}:${why}:${digest}`,
    }).catch(() => {});
  };
}
