import { itemKeyOf } from '#connectors/item-key.ts';
import { classifiedContent, classifyContent } from '#domain/classification/classification.schema.ts';
import * as calls from '#domain/policy/calls.ts';
import { defineRoute } from '../../http/route.ts';
import { defaultLabelOf } from '../data/default-label.ts';
import type { PolicyParts } from './parts.ts';

/** `policy.classify` (spec/enterprise.md §1.2): the label that an item with this content would have for the caller. */
export function postClassify({ classify }: Pick<PolicyParts, 'classify'>) {
  return defineRoute({
    ...calls.postClassify,
    summary: 'How confidential a content is: its source, what is found in it, and what administrators said',
    auth: 'policies.evaluate',
    audit: { none: 'the caller brings the content; nothing is read of others and nothing changes' },
    request: { body: classifyContent },
    response: { 200: classifiedContent },
    errors: ['DATABASE_UNAVAILABLE'],
    async handle({ actor, body: { connector_type: source, content_summary: content, source_id: id } }) {
      const { classification, assignedBy, originalLevel, confidence } = await classify.item(actor, {
        itemId: itemKeyOf({ source, itemId: id }),
        base: defaultLabelOf(source),
        content,
      });
      return {
        status: 200,
        body: { classification, assigned_by: assignedBy, original_level: originalLevel, confidence },
      };
    },
  });
}
