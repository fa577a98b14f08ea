import { Connection } from '@temporalio/client';
import { type NodeProcessOptions, startNodeProcess } from './node-process.ts';
import type { ProcessPart } from './part.ts';

export interface WorkerOptions extends NodeProcessOptions {
  temporalAddress: string;
  namespace: string;
  taskQueue: string;
  /** A worker other than that of requests. */
  process?: { name: string; entry: string };
}

const workflowTasks = 1;

/** The real worker; it is ready when Temporal has seen it poll for work. */
export async function startWorker(options: WorkerOptions): Promise<ProcessPart> {
  const { temporalAddress, namespace, taskQueue } = options;
  const { name, entry } = options.process ?? { name: 'worker', entry: 'workers/main.ts' };
  const ready = async (startedAt: Date) => {
    const connection = await Connection.connect({ address: temporalAddress, connectTimeout: 2000 });
    try {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: workflowTasks,
      });
      // Temporal lists a dead worker for minutes; ours has polled since it was started.
      const seen = (pollers ?? []).some(
        ({ lastAccessTime }) => milliseconds(lastAccessTime) >= startedAt.getTime(),
      );
      if (!seen) throw new Error(`nobody asks for work on task queue ${taskQueue}`);
    } finally {
      await connection.close();
    }
  };
  const url = `${temporalAddress} (task queue ${taskQueue})`;
  return await startNodeProcess({ name, entry, url, ready }, options);
}

type Time = { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined;

function milliseconds(time: Time): number {
  return Number(time?.seconds?.toString() ?? 0) * 1000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}
