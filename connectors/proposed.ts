import type { Origin } from '#domain/action/action.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import type { AnyAction } from './contract.ts';

/**
 * An action with parsed input, ready to be stored with its request. Target and classification come from the action
 * itself, whoever proposed it.
 */
export function proposed(action: AnyAction, input: unknown, origin: Origin) {
  return {
    action: action.id,
    connector: action.connector,
    effect: action.effect,
    target: action.target(input),
    input,
    classification: raisedByContent(action.classify(input), input),
    origin,
  };
}
