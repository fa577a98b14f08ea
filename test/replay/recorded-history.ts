import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { createEnvelope } from '#platform/crypto/envelope.ts';
import { parseKeyRing } from '#platform/crypto/key-ring.ts';

export const historiesFolder = join(import.meta.dirname, 'histories');

/** One history as it is committed; the workflow reads its tenant from its id. */
const recordedHistory = z.strictObject({
  workflowId: z.string(),
  history: z.object({ events: z.array(z.looseObject({ eventType: z.string() })).min(3) }),
});

export type RecordedHistory = z.infer<typeof recordedHistory>;

/** The committed key that recorded histories are encrypted with; it protects nothing else. */
export function replayEnvelope() {
  return createEnvelope(parseKeyRing(readFileSync(join(import.meta.dirname, 'test-key-ring.json'), 'utf8')));
}

/** The history so far, without the name of the machine that it was recorded on. */
export async function historyOf(handle: WorkflowHandle): Promise<RecordedHistory> {
  const text = historyToJSON(await handle.fetchHistory());
  const nameless = text.replaceAll(`${process.pid}@${hostname()}`, 'recorder');
  return recordedHistory.parse({ workflowId: handle.workflowId, history: JSON.parse(nameless) });
}

export function readHistory(file: string): RecordedHistory {
  return recordedHistory.parse(JSON.parse(readFileSync(join(historiesFolder, file), 'utf8')));
}
