import { CodedError } from '../error.ts';
import type { ModelAnswer, ModelPrompt } from '../model/model.ts';
import type { Plan, PlanFor, Planner, ProposedAction, RulesPlanner } from './plan.ts';
import type { SlotReading } from './plan-by-intent.ts';
import { plannerPrompt } from './planner-prompt.ts';

/** An action as a model sees it. */
export interface ModelPlannable {
  id: string;
  title: string;
  /** JSON Schema of its input. */
  inputSchema: Readonly<Record<string, unknown>>;
  /** Checks the model's input by the action's own schema. */
  read(input: unknown): SlotReading;
}

interface ModelPlannerOptions {
  actions: readonly ModelPlannable[];
  /** Asks the model, through governance. Tells which one answered. */
  ask(asked: PlanFor, prompt: ModelPrompt): Promise<{ answer: ModelAnswer; model: string }>;
  /** Plans where the model doesn't, and confirms values that come from the person's own words. */
  rules: RulesPlanner;
}

/** Most actions of one request. */
const actionLimit = 20;

/**
 * Plans with a language model. Its answer is only ever read as a list of typed actions; whether any of them may run,
 * policy and people decide later, without the model. If it answers anything else or can't be asked, the rules plan
 * instead, and the label says so.
 */
export function createModelPlanner({ actions, ask, rules }: ModelPlannerOptions): Planner {
  const table = new Map(actions.map((action) => [action.id, action]));
  return {
    label: 'language model',
    async plan(text, asked) {
      const byRules = await rules.plan(text);
      try {
        const { answer, model } = await ask(asked, plannerPrompt(text, actions));
        const proposed = readProposals(table, answer);
        if (proposed === undefined) return relabelled(byRules, `${model} gave no plan`);
        return {
          understood: true,
          planner: `model ${model}`,
          actions: proposed.map((action) => ({ ...action, origin: originOf(action, byRules) })),
        };
      } catch (error) {
        if (!(error instanceof CodedError) || ours.has(error.code)) throw error;
        return relabelled(byRules, `no model: ${error.code}`);
      }
    },
  };
}

/** Our own database and ledger: without them nothing goes on, and these errors are tried again. */
const ours = new Set(['AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE', 'INTERNAL', 'CONTENT_UNREADABLE']);

function relabelled(plan: Plan, why: string): Plan {
  return { ...plan, planner: `${plan.planner} (${why})` };
}

type Proposal = Omit<ProposedAction, 'origin'>;

/** All or nothing: one call that doesn't fit, and the answer is no plan. */
function readProposals(
  table: ReadonlyMap<string, ModelPlannable>,
  { proposals }: ModelAnswer,
): readonly Proposal[] | undefined {
  if (proposals.length === 0 || proposals.length > actionLimit) return undefined;
  const read: Proposal[] = [];
  for (const { tool, input } of proposals) {
    const reading = table.get(tool)?.read(input);
    if (reading?.ok !== true) return undefined;
    read.push({ action: tool, input: reading.input });
  }
  return read;
}

/**
 * The person's own words are what the rules read out of the whole text: this action, with these values. A value that
 * merely occurs in the text may be part of something pasted that the model obeyed; so anything else counts as from
 * outside, and a write waits for a person's approval whatever policy says.
 */
function originOf(proposal: Proposal, byRules: Plan): ProposedAction['origin'] {
  if (!byRules.understood) return 'outside';
  const isConfirmed = byRules.actions.some(
    ({ action, input, origin }) =>
      origin === 'user' && action === proposal.action && isSame(input, proposal.input),
  );
  return isConfirmed ? 'user' : 'outside';
}

/** Equal as JSON, whatever the order of fields. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([name, value]) => right.has(name) && isSame(value, right.get(name)))
  );
}
