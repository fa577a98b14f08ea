import { z } from 'zod';
import { canonicalItemKey } from '#connectors/item-key.ts';
import * as calls from '#domain/classification/calls.ts';
import {
  classificationOverride,
  itemKeyText,
  overrideClassification,
} from '#domain/classification/classification.schema.ts';
import { type Classification, isAbove } from '#domain/classification/classification.ts';
import { parseItemKey } from '#domain/classification/classified-item.ts';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import { reachOf } from '#domain/person/permission.ts';
import { defineRoute } from '../../http/route.ts';
import { defaultLabelOf } from './default-label.ts';
import type { DataParts } from './parts.ts';

/** An administrator gives one item another label, higher or lower; it takes effect with the next decision. */
export function putClassification({ classifications, classify, recordEvent }: DataParts) {
  return defineRoute({
    ...calls.putClassification,
    summary: 'Give one item another label, with a reason; an org admin does so for the own unit',
    auth: 'classification.override',
    audit: 'classification.overridden',
    request: { params: z.strictObject({ item: itemKeyText }), body: overrideClassification },
    response: { 200: classificationOverride },
    errors: ['CLASSIFICATION_VIOLATION', 'AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE'],
    async handle({ actor, params: { item }, body: { classification, reason } }) {
      const itemId = canonicalItemKey(item);
      const orgUnit = unitOf(actor);
      await refuseBelowAncestors(actor, orgUnit, { itemId, classification });
      const previous = await labelBefore(actor, itemId);
      const override = { itemId, orgUnit, previous, classification, reason, by: actor.userId };
      const at = await classifications.override(actor.tenantId, override, () =>
        recordEvent(actor, {
          event: 'classification.overridden',
          detail: `${itemId}: ${previous} → ${classification}: ${reason}`,
          outcome: 'success',
          classification,
          metadata: { item_id: itemId, previous, new: classification, for_unit: orgUnit },
        }),
      );
      return {
        status: 200,
        body: {
          item_id: itemId,
          previous_classification: previous,
          new_classification: classification,
          override_by: actor.userId,
          override_at: at,
          reason,
        },
      };
    },
  });

  /** A label by an administrator of a level above is a floor: a lower level restricts and never widens. */
  async function refuseBelowAncestors(
    { tenantId }: Actor,
    orgUnit: string,
    { itemId, classification }: { itemId: string; classification: Classification },
  ): Promise<void> {
    if (orgUnit === '') return;
    const above = orgUnit.split('/').slice(0, -1).join('/');
    const label = (await classifications.overrides(tenantId, above, [itemId])).get(itemId);
    if (label === undefined || !isAbove(label, classification)) return;
    throw new CodedError('CLASSIFICATION_VIOLATION', {
      message: `An administrator of a level above labels this item ${label}.`,
    });
  }

  async function labelBefore(actor: Actor, itemId: string): Promise<Classification> {
    const overridden = (await classifications.overrides(actor.tenantId, actor.orgUnit, [itemId])).get(itemId);
    if (overridden !== undefined) return overridden;
    const seen = await classifications.seen(actor.tenantId, itemId);
    const stated = seen?.classification ?? defaultLabelOf(parseItemKey(itemId)?.source ?? '');
    return stated ?? classify.unlabelled(actor);
  }
}

/** The unit for which this administrator's label holds; `''` = the whole tenant. */
function unitOf({ role, orgUnit }: Actor): string {
  const reach = reachOf('classification.override', role);
  if (reach === 'tenant') return '';
  // Without a unit, a unit administrator's label would hold for everybody.
  if (reach !== 'unit' || orgUnit === '') throw new CodedError('forbidden');
  return orgUnit;
}
