import pc from 'picocolors';
import { messageOf } from '../message-of.ts';

/** Thrown by a step whose check fails. */
export class StepFailed extends Error {}

/** Prints the story as it goes; a step that fails ends it and is named. */
export interface Steps {
  step<Result>(name: string, play: (say: (line: string) => void) => Promise<Result>): Promise<Result>;
}

export function createSteps(print: (line: string) => void): Steps {
  let n = 0;
  return {
    async step(name, play) {
      n += 1;
      print(pc.bold(`\n${n}. ${name}`));
      try {
        return await play((line) => print(`   ${line}`));
      } catch (error) {
        throw new StepFailed(`step ${n} failed (${name}): ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

/** Throws with these words unless the condition holds. */
export function check(condition: boolean, words: string): asserts condition {
  if (!condition) throw new StepFailed(words);
}
