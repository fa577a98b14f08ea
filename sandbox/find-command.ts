import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Full path of the first of `names` that `PATH` knows. */
export function findCommand(names: readonly string[], path: string | undefined): string | undefined {
  return findCommands(names, path)[0];
}

/** Full paths of all of `names` that `PATH` knows, by name and then in the order of `PATH`. */
export function findCommands(names: readonly string[], path: string | undefined): string[] {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)).filter(isExecutable));
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
