import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isStill } from './process-identity.ts';
import { writePrivate } from './write-private.ts';

interface Child {
  pid: number;
  identity: string;
  name: string;
  stopSignal: NodeJS.Signals;
}

/** The list, on disk, of processes that a stack has started and not yet seen end. */
export interface Children {
  remember(child: { pid: number; name: string; stopSignal: NodeJS.Signals }): void;
  forget(pid: number): void;
}

/** Keeps the list in `file`, which is written before anything else happens, so that it survives a `kill -9` of us. */
export function createChildren(file: string): Children {
  const children = new Map<number, Child>();
  const write = () => writePrivate(file, `${JSON.stringify([...children.values()], null, 2)}\n`);
  return {
    remember: ({ pid, name, stopSignal }) => {
      const identity = identityOf(pid);
      if (identity === undefined) return;
      children.set(pid, { pid, identity, name, stopSignal });
      write();
    },
    forget: (pid) => {
      if (!children.delete(pid)) return;
      try {
        write();
      } catch {
        // Its folder was deleted under a running stack: what still runs is known here, and is stopped as usual.
      }
    },
  };
}

/**
 * Ends what a crashed stack left running, the last started first, and only processes that really are the ones on the
 * list. Returns their names.
 */
export async function endLeftovers(file: string, limitMs = 8000): Promise<string[]> {
  const left = readChildren(file)
    .toReversed()
    .filter((child) => isStill(child.pid, child.identity));
  for (const child of left) signal(child, child.stopSignal);
  const deadline = Date.now() + limitMs;
  let running = left;
  while (running.length > 0 && Date.now() < deadline) {
    await sleep(50);
    running = running.filter((child) => isStill(child.pid, child.identity));
  }
  for (const child of running) signal(child, 'SIGKILL');
  return left.map((child) => child.name);
}

function signal(child: Child, name: NodeJS.Signals): void {
  try {
    process.kill(child.pid, name);
  } catch {
    // It ended by itself between the look and the signal.
  }
}

function readChildren(file: string): Child[] {
  if (!existsSync(file)) return [];
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(read) ? read.filter(isChild) : [];
  } catch {
    return [];
  }
}

function isChild(value: unknown): value is Child {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'identity' in value &&
    typeof value.identity === 'string' &&
    'name' in value &&
    'stopSignal' in value
  );
}
