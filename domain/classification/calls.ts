import { put } from '../call.ts';
import type { ClassificationOverride, OverrideClassification } from './classification.schema.ts';

export const putClassification = put('/api/v1/data/:item/classification')<{
  body: OverrideClassification;
  answer: ClassificationOverride;
}>();
