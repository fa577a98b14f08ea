import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { repeat } from '../repeat.ts';

export interface WatchedFileOptions<Value> {
  path: string;
  /** Turns the content into a value; throws when it is incomplete or wrong. */
  parse: (content: Buffer) => Value;
  /** How often the file is read even if nothing happens in its folder, in milliseconds; default and at most 60 000. */
  rereadMs?: number;
  /**
   * How long the content must stay the same before it counts, in milliseconds, so that half a file doesn't. Default
   * 100.
   */
  unchangedMs?: number;
  /** Called with a new content and the previous one; if it throws, the old one stays in use until the next look. */
  onChange?: (change: { content: Buffer; before: Buffer }) => void | Promise<void>;
  /** Called with the reason why a content is refused; never with the content. */
  onProblem?: (cause: unknown) => void;
  /** Called when the file has been removed. What was read last stays in use. */
  onGone?: () => void;
}

/** A file that others may replace at any time, such as a mounted secret. */
export interface WatchedFile<Value> {
  /** The value of the last good content. */
  current(): Value;
  /** Reads now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const mostLooks = 50;

/**
 * Reads a file and follows its changes: one in its folder (a new file, or the swap of `..data` that Kubernetes does) is
 * read at once, any other within a minute. Throws when the first reading fails; later failures leave the last good
 * content.
 */
export async function watchFile<Value>(options: WatchedFileOptions<Value>): Promise<WatchedFile<Value>> {
  const { path, parse, unchangedMs = 100, onProblem = () => {} } = options;
  let content: Buffer = await readFile(path);
  let value = parse(content);

  const looking = repeat({
    everyMs: Math.min(options.rereadMs ?? 60_000, 60_000),
    onFailure: onProblem,
    async turn(signal) {
      const found = await unchanged(path, unchangedMs, signal);
      if (found === undefined) return options.onGone?.();
      if (found.equals(content)) return;
      const next = parse(found);
      await options.onChange?.({ content: found, before: content });
      content = found;
      value = next;
    },
  });
  looking.start();
  const watcher = watchFolder(dirname(path), () => void looking.turnNow());
  return {
    current: () => value,
    look: looking.turnNow,
    async close() {
      watcher?.close();
      await looking.stop();
    },
  };
}

/** The content, once it has stayed the same for a moment; `undefined` when there is no file then. */
async function unchanged(
  path: string,
  unchangedMs: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  let last = await readIfThere(path);
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await wait(unchangedMs, undefined, { ref: false, signal });
    const next = await readIfThere(path);
    if (next === undefined ? last === undefined : last !== undefined && next.equals(last)) return next;
    last = next;
  }
  throw new Error('the file does not come to rest');
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Some file systems can't be watched; there the file is only reread from time to time. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
