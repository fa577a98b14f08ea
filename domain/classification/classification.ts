/** How confidential data is, lowest first (spec/enterprise.md §1.5). */
export const classifications = ['public', 'internal', 'confidential', 'restricted'] as const;

export type Classification = (typeof classifications)[number];

/** How a label came about, in the order in which the three apply (spec/enterprise.md §1.5). */
export const assignments = ['connector_default', 'ai_reclassification', 'admin_override'] as const;

export type AssignedBy = (typeof assignments)[number];

export function isAbove(label: Classification, ceiling: Classification): boolean {
  return classifications.indexOf(label) > classifications.indexOf(ceiling);
}

/** The higher of a label and a finding: no finding and no model ever lowers a label. */
export function raisedTo(label: Classification, found: Classification | null): Classification {
  return found !== null && isAbove(found, label) ? found : label;
}
