import type { ActionFacts } from '#domain/action/action.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { DecisionQuestion } from '#governance/decide.ts';

/** What policy is asked when this person wants that action done with a repository of theirs. */
export function questionOf(
  actor: Actor,
  facts: ActionFacts,
  more: Partial<DecisionQuestion> = {},
): DecisionQuestion {
  return {
    actor,
    facts,
    classification: 'internal',
    origin: 'user',
    target: 'acme/website',
    inputDigest: 'i'.repeat(64),
    runId: null,
    requesterConfirmed: true,
    ...more,
  };
}
