import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { proposed } from '#connectors/proposed.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Planner } from '#domain/plan/plan.ts';
import type { RequestStore } from '#stores/request/requests.ts';
import type { Planned } from '#workflows/messages/plan.ts';
import type { OpenAction } from '../act/open-actions.ts';

interface PlanOptions {
  requests: RequestStore;
  planner: Planner;
  openAction: OpenAction;
}

/** Turns the text of a request into typed actions and saves them with it. A planner only proposes. */
export function createPlan(options: PlanOptions): (actor: Actor, requestId: string) => Promise<Planned> {
  return async (actor, requestId) => {
    try {
      return (await plannedBefore(options, actor, requestId)) ?? (await planOnce(options, actor, requestId));
    } catch (error) {
      if (error instanceof CodedError && error.code === 'REQUEST_NOT_PENDING') return { kind: 'withdrawn' };
      throw error;
    }
  };
}

/** An earlier attempt may already have saved a plan: a model is not asked again for what is stored. */
async function plannedBefore(
  { requests }: PlanOptions,
  actor: Actor,
  requestId: string,
): Promise<Planned | undefined> {
  if (activityInfo().attempt === 1) return undefined;
  const stored = await requests.actionsOf(actor.tenantId, requestId);
  if (stored.length === 0) return undefined;
  return {
    kind: 'planned',
    actions: await requests.savePlan(actor, requestId, { planner: '', actions: [] }),
  };
}

async function planOnce(
  { requests, planner, openAction }: PlanOptions,
  actor: Actor,
  requestId: string,
): Promise<Planned> {
  const text = await requests.text(actor.tenantId, requestId);
  const plan = await planner.plan(text, {
    actor,
    requestId,
    classification: raisedByContent('internal', text),
    signal: cancellationSignal(),
  });
  if (!plan.understood) {
    await requests.saveNotUnderstood(actor, requestId, plan);
    return { kind: 'answered' };
  }
  const actions = plan.actions.map(({ action: id, input, origin }) =>
    proposed(openAction(actor.tenantId, id).action, input, origin),
  );
  return {
    kind: 'planned',
    actions: await requests.savePlan(actor, requestId, { planner: plan.planner, actions }),
  };
}
