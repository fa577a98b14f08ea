import type { ErasePerson } from '#governance/person/erase.ts';
import type { ErasureInput, ErasureProgress } from '#workflows/messages/erasure.ts';

/** Carries out an erasure, unless requests of the person are still open. */
export function createEraseActivity({ erasePerson }: { erasePerson: ErasePerson }) {
  return async ({ admin, erasureId }: ErasureInput): Promise<ErasureProgress> => {
    const erased = await erasePerson(admin, erasureId);
    return { state: erased.state };
  };
}
