import { sleep } from '@temporalio/workflow';
import { erasureWorkflowId } from '#domain/ids.ts';
import { erasePerson } from './activities.ts';
import type { ErasureInput, ErasureProgress } from './messages/erasure.ts';
import { refuseForeign } from './refuse-foreign.ts';
import { showState } from './visibility.ts';

const looks = { first: 10_000, last: 3_600_000 };

/**
 * Erases a person, however often a worker dies on the way. It waits while requests of theirs are open: those end by an
 * answer, a vote, a withdrawal or their own deadline.
 */
export async function erasure(input: ErasureInput): Promise<ErasureProgress> {
  refuseForeign(() => erasureWorkflowId(input.admin.tenantId, input.erasureId));
  for (let waitMs = looks.first; ; waitMs = Math.min(waitMs * 2, looks.last)) {
    const progress = await erasePerson(input);
    if (progress.state === 'done') {
      showState('answered');
      return progress;
    }
    await sleep(waitMs);
  }
}
