import type { z } from 'zod';
import { proposed } from '#connectors/proposed.ts';
import type { ActionTable } from '#connectors/registry.ts';
import type { PlannedAction } from '#domain/action/action.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { newRequest } from '#domain/request/request.schema.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { NewAction, RequestStore, StoredRequest } from '#stores/request/requests.ts';
import { schemaRefusal } from '../http/answers/validation-answer.ts';

type Body = z.output<typeof newRequest>;

/** The planner's name where a client sent typed actions. */
export const clientPlanner = 'client';

/**
 * The text to store for a request. Typed actions are stored as their canonical JSON, with the digest of that as body
 * digest: this distinguishes them from a person who happens to write JSON.
 */
export function storedText(body: Body): { text: string; bodyDigest: string } {
  const canonical = canonicalJson(body);
  return { text: body.text ?? canonical, bodyDigest: sha256Hex(canonical) };
}

export function isTyped(row: Pick<StoredRequest, 'bodyDigest'>, text: string): boolean {
  return sha256Hex(text) === row.bodyDigest;
}

/** Checks typed actions by the registry; throws `INVALID_REQUEST` or `INVALID_TEXT` naming the field. */
export function checkTyped(table: ActionTable, actions: NonNullable<Body['actions']>): NewAction[] {
  return actions.map(({ action: id, input }, index) => {
    const action = table.action(id);
    const field = ['actions', String(index)];
    if (action === undefined) {
      throw new CodedError('INVALID_REQUEST', {
        message: 'There is no such action.',
        detail: [{ field: [...field, 'action'].join('.'), problem: 'is not a known action' }],
      });
    }
    const parsed = action.input.safeParse(input);
    if (!parsed.success) throw schemaRefusal(parsed.error, [...field, 'input']);
    return proposed(action, parsed.data, 'user');
  });
}

/**
 * Saves the typed actions of a request and returns them; `undefined` for a request whose text is to be planned. The
 * text is read if the caller does not have it.
 */
export type PlanTyped = (
  actor: Actor,
  row: StoredRequest,
  text?: string,
) => Promise<PlannedAction[] | undefined>;

export function createPlanTyped({
  requests,
  actions: table,
}: {
  requests: RequestStore;
  actions: ActionTable;
}): PlanTyped {
  return async (actor, row, known) => {
    const text = known ?? (await requests.text(actor.tenantId, row.id));
    if (!isTyped(row, text)) return undefined;
    const { actions = [] } = newRequest.parse(JSON.parse(text));
    return requests.savePlan(actor, row.id, { planner: clientPlanner, actions: checkTyped(table, actions) });
  };
}
