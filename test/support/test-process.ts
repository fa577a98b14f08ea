import type { ProcessPart } from '#sandbox/parts/part.ts';

/** A process of the product that a test may kill, stop and start again. */
export interface TestProcess {
  url: string;
  readonly pid: number | undefined;
  /** `kill -9`; it stays down until `start` or `restart`. */
  kill9(): Promise<void>;
  /** An orderly stop. */
  stop(): Promise<void>;
  /** Starts it as it was, and waits until it is ready. */
  start(): Promise<void>;
  /** Stops it in order if it runs, and starts it with `env` over what it had at first. */
  restart(env?: NodeJS.ProcessEnv): Promise<void>;
}

export async function restartable(
  launch: (env: NodeJS.ProcessEnv) => Promise<ProcessPart>,
): Promise<TestProcess> {
  const current = { part: await launch({}) };
  return {
    url: current.part.url,
    get pid() {
      return current.part.pid;
    },
    kill9: () => current.part.kill9(),
    stop: () => current.part.stop(),
    start: () => current.part.start(),
    restart: async (env = {}) => {
      await current.part.stop();
      current.part = await launch(env);
    },
  };
}
