import { type AssignedBy, type Classification, raisedTo } from './classification.ts';
import type { ContentFinding } from './classify-content.ts';

/** What an item's label is assigned from. */
export interface ItemEvidence {
  /** The label that the connector gives it. */
  base: Classification;
  /** What patterns found in its content. */
  findings: readonly ContentFinding[];
  /** What a model suggested; `null` when none was asked or it failed. */
  suggested: Classification | null;
  /** The label that an administrator gave it. */
  override: Classification | null;
}

export interface AssignedLabel {
  classification: Classification;
  assignedBy: AssignedBy;
  /** The label that the connector gave, where something else decided; else `null`. */
  originalLevel: Classification | null;
  /** 0 to 1. */
  confidence: number;
}

const modelConfidence = 0.6;
const defaultConfidence = 0.5;

/**
 * The connector's default, raised by findings and by the model, then the administrator's label in either direction
 * (spec/enterprise.md §1.5).
 */
export function assignLabel({ base, findings, suggested, override }: ItemEvidence): AssignedLabel {
  if (override !== null) {
    return {
      classification: override,
      assignedBy: 'admin_override',
      originalLevel: base,
      confidence: 1,
    };
  }
  const found = findings.reduce((label, finding) => raisedTo(label, finding.classification), base);
  const classification = raisedTo(found, suggested);
  if (classification === base) {
    return {
      classification,
      assignedBy: 'connector_default',
      originalLevel: null,
      confidence: defaultConfidence,
    };
  }
  const sure = findings.filter((finding) => finding.classification === classification);
  return {
    classification,
    assignedBy: 'ai_reclassification',
    originalLevel: base,
    confidence: Math.max(modelConfidence, ...sure.map(({ confidence }) => confidence)),
  };
}
