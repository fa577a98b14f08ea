import { CommanderError } from 'commander';
import { createContext } from './context.ts';
import { type Exit, exitCodes } from './exit-codes.ts';
import { Failure, usageFailure } from './failure.ts';
import { createProgram } from './program.ts';
import { plainLine } from './terminal-text.ts';

const words = process.argv.slice(2);
const ownWords = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

const context = createContext({
  env: process.env,
  json: ownWords.includes('--json'),
  exit: (exit: Exit) => {
    process.exitCode = exitCodes[exit].code;
  },
});

// `openclaw audit list | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok.code);
});

// No `await` out here: the packed command line is one CommonJS file.
void createProgram(context)
  .parseAsync(words, { from: 'user' })
  .catch((error: unknown) => {
    const failure = asFailure(error);
    if (failure) {
      context.output.failure(failure);
      context.exit(failure.exit);
    }
  });

/** `undefined`: help or version was printed, and that was all. */
function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.code === 'commander.help' ? 'A command is missing.' : error.message;
    return usageFailure(message.replace(/^error: /, ''), 'See `openclaw --help`.');
  }
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('failed', 'cli_error', `openclaw failed: ${plainLine(message)}`, { cause: error });
}
