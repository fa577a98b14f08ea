import { type AssignedBy, type Classification, raisedTo } from './classification.ts';
import type { ContentFinding } from './classify-content.ts';

/** What is known of one item when its label is assigned. */
export interface ItemEvidence {
  /** The connector's word on it. */
  base: Classification;
  /** What patterns found in its content. */
  findings: readonly ContentFinding[];
  /** What a model said of it; `null` when none was asked or it failed. */
  suggested: Classification | null;
  /** What an administrator said of it. */
  override: Classification | null;
}

export interface AssignedLabel {
  classification: Classification;
  assignedBy: AssignedBy;
  /** The connector's word where something else decided; else `null`. */
  originalLevel: Classification | null;
  /** 0 to 1. */
  confidence: number;
}

const modelConfidence = 0.6;
const defaultConfidence = 0.5;

/**
 * Connector default, then findings and model, which only raise, then the administrator's word in any direction
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
