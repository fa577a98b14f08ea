import { describe, expect, it } from 'vitest';
import { verdicts } from '#domain/policy/verdict.ts';
import { isFinal, requestStates } from '#domain/request/request.ts';
import { canWithdraw, isOpen, requestWords, verdictWord } from '#web/requests/state-words.ts';

describe('words of states', () => {
  it('call a state open exactly where the domain says that it is not final', () => {
    expect(requestStates.filter(isOpen)).toEqual(requestStates.filter((state) => !isFinal(state)));
  });

  it('differ from state to state, so that nobody mixes two up', () => {
    expect(new Set(requestStates.map((state) => requestWords(state).word)).size).toBe(requestStates.length);
    expect(new Set(verdicts.map(verdictWord)).size).toBe(verdicts.length);
  });

  it('offer to withdraw only what waits', () => {
    expect(requestStates.filter(canWithdraw)).toEqual(['received', 'queued']);
  });
});
