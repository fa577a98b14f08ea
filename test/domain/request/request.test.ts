import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActionState,
  actionStates,
  isFinal,
  requestStates,
  stateFromActions,
} from '#domain/request/request.ts';

const states = fc.array(fc.constantFrom(...actionStates), { maxLength: 8 });

describe('the state of a request', () => {
  it.each<[ActionState[], string]>([
    [[], 'running'],
    [['planned'], 'running'],
    [['done'], 'answered'],
    [['done', 'done'], 'answered'],
    [['done', 'planned'], 'running'],
    [['done', 'waiting_approval', 'planned'], 'queued'],
    [['done', 'denied', 'planned'], 'denied'],
    [['outcome_unknown', 'planned'], 'outcome_unknown'],
    [['rejected'], 'rejected'],
    [['expired'], 'expired'],
    [['stale'], 'stale'],
    [['withdrawn'], 'withdrawn'],
    [['failed'], 'failed'],
  ])('of %j is %s', (actions, state) => {
    expect(stateFromActions(actions)).toBe(state);
  });

  it('is answered only when every action is done', () => {
    fc.assert(
      fc.property(states, (actions) => {
        const allDone = actions.length > 0 && actions.every((state) => state === 'done');
        expect(stateFromActions(actions) === 'answered').toBe(allDone);
      }),
    );
  });

  it('does not depend on what comes after the first action that is not done', () => {
    fc.assert(
      fc.property(states, states, (actions, later) => {
        if (actions.every((state) => state === 'done')) return;
        expect(stateFromActions([...actions, ...later])).toBe(stateFromActions(actions));
      }),
    );
  });

  it('is final unless something can still happen', () => {
    const open = requestStates.filter((state) => !isFinal(state));
    expect(open).toEqual(['received', 'running', 'queued', 'outcome_unknown']);
  });
});
