import { modelTool } from '#connectors/model-tool.ts';
import { plannable } from '#connectors/plannable.ts';
import type { ActionTable } from '#connectors/registry.ts';
import type { Planner } from '#domain/plan/plan.ts';
import { createIntentPlanner } from '#domain/plan/plan-by-intent.ts';
import { createModelPlanner } from '#domain/plan/plan-by-model.ts';
import type { CallModel } from '#governance/model/call.ts';

interface ChoosePlannerOptions {
  actions: ActionTable['actions'];
  callModel: CallModel;
  /** The model that plans; `undefined` = the built-in rules plan. */
  model: string | undefined;
}

/** The planner of an installation: its model if one is configured, with the built-in rules as fallback. */
export function choosePlanner({ actions, callModel, model }: ChoosePlannerOptions): Planner {
  const rules = createIntentPlanner({ actions: actions.map(plannable) });
  if (model === undefined) return rules;
  return createModelPlanner({
    actions: actions.map(modelTool),
    rules,
    async ask({ actor, requestId, classification, signal }, prompt) {
      const called = await callModel({
        actor,
        requestId,
        callId: `${requestId}/plan`,
        purpose: 'plan',
        model,
        classification,
        prompt,
        signal,
      });
      return { answer: called.answer, model: called.model.id };
    },
  });
}
