/** One running part of the stack. */
export interface Part {
  name: string;
  /** Where it listens. */
  url: string;
  /** Id of its process, if that isn't ours. */
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

/** A part in a process of its own, which tests can kill and start again. */
export interface ProcessPart extends Part {
  /** `kill -9`; it stays down until `start`. */
  kill9(): Promise<void>;
  start(): Promise<void>;
}
