/** The reply of a command that takes no arguments to those it was given. */
interface Said {
  exitCode: 0 | 2;
  text: string;
}

/** `undefined` when there is nothing to reply: the command does its work. */
export function answerArguments(given: readonly string[], usage: string): Said | undefined {
  const [first] = given;
  if (first === undefined) return undefined;
  if (given.some((argument) => argument === '--help' || argument === '-h'))
    return { exitCode: 0, text: usage };
  return { exitCode: 2, text: `There is no argument ${first}: this command takes none but --help.\n` };
}

/** Prints the reply: help to standard output, a refusal to standard error. Returns the exit code. */
export function say({ exitCode, text }: Said): number {
  (exitCode === 0 ? process.stdout : process.stderr).write(text);
  return exitCode;
}
