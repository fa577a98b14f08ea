import { afterLimit } from './after-limit.ts';

export interface Question {
  /** JSON. */
  input: Uint8Array;
  resolve: (results: unknown) => void;
  reject: (cause: unknown) => void;
}

export interface WaitingLine {
  /** Adds a question at the end. Rejects after the limit, and removes it if it is still in the queue. */
  ask(input: Uint8Array): Promise<unknown>;
  /** Removes and returns the oldest question. */
  next(): Question | undefined;
}

/** A queue of questions for a bundle's thread, each waiting no longer than `limitMs`. */
export function createWaitingLine(limitMs: number): WaitingLine {
  const line = new Set<Question>();
  return {
    async ask(input) {
      const { promise, ...settle } = Promise.withResolvers<unknown>();
      const question = { input, ...settle };
      line.add(question);
      const callOff = afterLimit(limitMs, () => {
        line.delete(question);
        question.reject(new Error(`it took longer than ${limitMs} ms`));
      });
      return promise.finally(callOff);
    },
    next() {
      const [oldest] = line;
      if (oldest !== undefined) line.delete(oldest);
      return oldest;
    },
  };
}
