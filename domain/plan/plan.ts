import type { Origin } from '../action/action.ts';
import type { Classification } from '../classification/classification.ts';
import type { Actor } from '../person/actor.ts';

/** One typed action that a planner proposes; its input has passed the action's own schema. */
export interface ProposedAction {
  action: string;
  input: unknown;
  origin: Origin;
}

/** What a planner makes of a text. It only proposes; policy decides and governance acts. */
export type Plan =
  | { understood: true; planner: string; actions: readonly ProposedAction[] }
  | {
      understood: false;
      planner: string;
      /** For the person: what is missing, or what can be asked. */
      answer: string;
      /** Sentences that would be understood. */
      suggestions: readonly string[];
    };

/** For whom a text is planned; a model is asked in this person's name. */
export interface PlanFor {
  actor: Actor;
  requestId: string;
  /** Label of the text. */
  classification: Classification;
  signal: AbortSignal;
}

export interface Planner {
  /** Shown with every answer, so that nobody mistakes rules for a model: `built-in rules`. */
  readonly label: string;
  plan(text: string, asked: PlanFor): Promise<Plan>;
}

/** A planner that asks no model, and so needs nobody's name. */
export interface RulesPlanner extends Planner {
  plan(text: string): Promise<Plan>;
}
