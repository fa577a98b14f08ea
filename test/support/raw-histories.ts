import { Connection } from '@temporalio/client';

interface Looking {
  address: string;
  taskQueue: string;
  isOurs: (workflowId: string) => boolean;
}

/** Histories of a task queue as the server stores them, every text and every byte string in them as text. */
export async function rawHistories({ address, taskQueue, isOurs }: Looking) {
  const connection = await Connection.connect({ address });
  try {
    const { executions } = await connection.workflowService.listWorkflowExecutions({
      namespace: 'default',
      query: `TaskQueue = '${taskQueue}'`,
      pageSize: 1_000,
    });
    const texts: string[] = [];
    let histories = 0;
    for (const { execution, ...visible } of executions) {
      if (execution === null || execution === undefined || !isOurs(execution.workflowId ?? '')) continue;
      const { history } = await connection.workflowService.getWorkflowExecutionHistory({
        namespace: 'default',
        execution,
      });
      histories += 1;
      collect([execution, visible, history], texts);
    }
    return { histories, text: texts.join('\n') };
  } finally {
    await connection.close();
  }
}

function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString('utf8'));
  else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) collect(part, texts);
  }
}
