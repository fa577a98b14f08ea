import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSteps } from '#sandbox/demo/steps.ts';
import { playStory } from '#sandbox/demo/story.ts';
import { type People, signInPeople } from '../support/people.ts';
import { startStack, type TestStack } from '../support/stack.ts';

describe('one governed request, end to end', () => {
  let stack: TestStack;
  let people: People;

  beforeAll(async () => {
    stack = await startStack();
    people = await signInPeople(stack);
  });
  afterAll(() => stack?.close());

  it('plays the whole story, every step checked', async () => {
    const told: string[] = [];
    await playStory({ steps: createSteps((line) => told.push(line)), ...people, github: stack.github.admin });
    expect(told.join('\n')).toContain('the ledger of the GitHub stand-in holds one comment');
  });
});
