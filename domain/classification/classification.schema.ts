import { z } from 'zod';
import { plainText } from '../text.schema.ts';
import { assignments, classifications } from './classification.ts';
import { parseItemKey } from './classified-item.ts';

/** `github:acme/website#7`; in a path it is percent-encoded: `github%3Aacme%2Fwebsite%237`. */
export const itemKeyText = plainText({ min: 3, max: 200 }).refine((key) => parseItemKey(key) !== undefined, {
  error: 'is not <source>:<item>, for example github:acme/website#7',
});

/** Body of `PUT /api/v1/data/{item}/classification`. */
export const overrideClassification = z
  .strictObject({
    classification: z.enum(classifications),
    reason: plainText({ min: 1, max: 2_000 }).refine((reason) => reason.trim() !== '', { error: 'is empty' }),
  })
  .meta({ id: 'OverrideClassification' });

export type OverrideClassification = z.input<typeof overrideClassification>;

export const classificationOverride = z
  .object({
    item_id: z.string(),
    previous_classification: z.enum(classifications),
    new_classification: z.enum(classifications),
    override_by: z.string(),
    override_at: z.iso.datetime(),
    reason: z.string(),
  })
  .meta({ id: 'ClassificationOverride' });

export type ClassificationOverride = z.infer<typeof classificationOverride>;

/** Body of `POST /api/v1/policies/classify`. */
export const classifyContent = z
  .strictObject({
    connector_type: z.string().min(1).max(40),
    content_summary: plainText({ min: 0, max: 65_536 }),
    /** The item at its source: `acme/website#7`. */
    source_id: plainText({ min: 1, max: 256 }),
  })
  .meta({ id: 'ClassifyContent' });

export type ClassifyContent = z.input<typeof classifyContent>;

export const classifiedContent = z
  .object({
    classification: z.enum(classifications),
    assigned_by: z.enum(assignments),
    original_level: z.enum(classifications).nullable(),
    confidence: z.number().min(0).max(1),
  })
  .meta({ id: 'ClassifiedContent' });

export type ClassifiedContent = z.infer<typeof classifiedContent>;
