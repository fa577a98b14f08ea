import { type NodeProcessOptions, startNodeProcess } from './node-process.ts';
import type { ProcessPart } from './part.ts';

/** The real gateway; it is ready when `/readyz` says so. */
export async function startGateway(options: NodeProcessOptions & { port: number }): Promise<ProcessPart> {
  const url = `http://127.0.0.1:${options.port}`;
  const ready = async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`/readyz answers ${response.status}`);
  };
  return await startNodeProcess({ name: 'gateway', entry: 'gateway/main.ts', url, ready }, options);
}
