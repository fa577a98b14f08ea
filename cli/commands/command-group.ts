import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** The commands of a noun: `openclaw <name> …`. */
export interface CommandGroup {
  name: string;
  /** One line for the help. */
  about: string;
  commands: readonly ((context: Context) => Command)[];
}
