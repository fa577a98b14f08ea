import type { PackageManagerName } from './package-manager.ts';

/** A program (or library) of somebody else's that we use; what there is to say of it is data. */
export interface Tool {
  /** As people call it. */
  name: string;
  /** The environment variable that names it. */
  variable: string;
  /** Its names on `PATH`. */
  commands: readonly string[];
  /** Where else it may be, as full paths. */
  places?: readonly string[];
  /** Whether what is there will do: runs it, and looks at its version. */
  check(path: string, env: NodeJS.ProcessEnv): Promise<Checked>;
  /** How its own project, or a package that is pinned by hash, brings it without rights; the first that works is taken. */
  ways: readonly Way[];
  packages: Partial<Record<PackageManagerName, string>>;
  /** What a person can do where no package manager has it. */
  byHand: string;
}

export type Checked = { version: string } | { wrong: string };

export interface Way {
  what: string;
  /** Where it is once it was brought. */
  kept(folder: string): string | Promise<string>;
  /** Puts it there, whole or not at all: two runs may do so at once. */
  bring(options: BringOptions): Promise<void>;
}

export interface BringOptions {
  /** For all tools that are brought; each has a place of its own inside. */
  folder: string;
  env: NodeJS.ProcessEnv;
}
