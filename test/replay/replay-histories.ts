import { Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createDataConverter } from '#platform/temporal/data-converter.ts';
import type { RecordedHistory } from './recorded-history.ts';

/**
 * Replays histories as a production worker would, one that still takes payloads from before they were bound to their place; the error of each by its name, `null` where it fits.
 */
export async function replayHistories(
  workflowBundle: WorkflowBundle,
  envelope: Envelope,
  histories: Readonly<Record<string, RecordedHistory>>,
): Promise<Record<string, string | null>> {
  const options = {
    workflowBundle,
    dataConverter: createDataConverter(envelope, { namespace: 'default', unbound: async () => true }),
  };
  const names = Object.keys(histories);
  const results: Record<string, string | null> = {};
  for await (const { error } of Worker.runReplayHistories(options, Object.values(histories))) {
    results[names[Object.keys(results).length] ?? ''] = error?.message ?? null;
  }
  return results;
}
