import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import { searchAttributes } from '#domain/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const daySeconds = 86_400;

interface NamespaceOptions {
  connection: Connection;
  namespace: string;
  /** How many days closed workflows are kept; 0 leaves it as it is. */
  retentionDays: number;
  /** Called with one line about what the server doesn't let us do. */
  warn: (line: string) => void;
}

/** Sets up a namespace for our workflows: search attributes and retention, on any Temporal. Idempotent. */
export async function prepareNamespace(options: NamespaceOptions): Promise<void> {
  await addSearchAttributes(options);
  await setRetention(options);
}

async function addSearchAttributes({ connection, namespace, warn }: NamespaceOptions): Promise<void> {
  const names = Object.values(searchAttributes);
  try {
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = names.filter((name) => known.customAttributes[name] === undefined);
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        missing.map((name) => [name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
      ),
    });
  } catch (error) {
    warn(
      `Temporal: add the Keyword search attributes ${names.join(', ')} to ${namespace} by hand: ${wordsOf(error)}`,
    );
  }
}

async function setRetention({ connection, namespace, retentionDays, warn }: NamespaceOptions): Promise<void> {
  if (retentionDays === 0) return;
  const wantedSeconds = retentionDays * daySeconds;
  const workflowExecutionRetentionTtl = msToTs(wantedSeconds * 1_000);
  try {
    const known = await connection.workflowService.describeNamespace({ namespace });
    const seconds = Number(known.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    if (seconds >= wantedSeconds) return;
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl },
    });
  } catch (error) {
    warn(`Temporal: set the retention of ${namespace} to ${retentionDays} days by hand: ${wordsOf(error)}`);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
