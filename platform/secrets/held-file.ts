import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { repeat } from '../repeat.ts';

export interface HeldFileOptions<Value> {
  path: string;
  /** Makes something of the content; throws for what is not whole. */
  parse: (content: Buffer) => Value;
  /** Milliseconds after which the file is read again, however quiet its folder is; default and at most 60 000. */
  rereadMs?: number;
  /** Milliseconds for which the content has to stay the same before it counts: nobody wants half of it. Default 100. */
  settleMs?: number;
  /** Hears of a new content, with the one before; what it throws leaves the old one in use until the next look. */
  onChange?: (change: { content: Buffer; before: Buffer }) => void | Promise<void>;
  /** Hears why a content is not taken; never carries the content. */
  onProblem?: (cause: unknown) => void;
  /** Hears that the file is gone for good. What was read last is still held. */
  onGone?: () => void;
}

/** A file that somebody else may replace at any time, such as a mounted secret. */
export interface HeldFile<Value> {
  /** What was made of the last good content. */
  current(): Value;
  /** Reads now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const mostLooks = 50;

/**
 * Reads a file and keeps up with it: a change in its folder (a new file, or the swap of `..data` that Kubernetes does) is
 * read at once, anything else within a minute. Throws when the first reading fails; later ones leave the last good content.
 */
export async function holdFile<Value>(options: HeldFileOptions<Value>): Promise<HeldFile<Value>> {
  const { path, parse, settleMs = 100, onProblem = () => {} } = options;
  let content: Buffer = await readFile(path);
  let value = parse(content);

  const looking = repeat({
    everyMs: Math.min(options.rereadMs ?? 60_000, 60_000),
    onFailure: onProblem,
    async turn(signal) {
      const found = await settled(path, settleMs, signal);
      if (found === undefined) return options.onGone?.();
      if (found.equals(content)) return;
      const next = parse(found);
      await options.onChange?.({ content: found, before: content });
      content = found;
      value = next;
    },
  });
  looking.start();
  const watcher = watchFolder(dirname(path), () => void looking.now());
  return {
    current: () => value,
    look: looking.now,
    async close() {
      watcher?.close();
      await looking.stop();
    },
  };
}

/** The content once it stays the same for a moment; `undefined` when there is no file, then as before. */
async function settled(path: string, settleMs: number, signal: AbortSignal): Promise<Buffer | undefined> {
  let last = await readIfThere(path);
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await wait(settleMs, undefined, { ref: false, signal });
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

/** Some file systems can't be watched: then the rereading is what there is. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
