/** How confidential data is, lowest first (spec/enterprise.md §1.5). */
export const classifications = ['public', 'internal', 'confidential', 'restricted'] as const;

export type Classification = (typeof classifications)[number];

/** How a label came about, in the order in which the three are asked (spec/enterprise.md §1.5). */
export const assignments = ['connector_default', 'ai_reclassification', 'admin_override'] as const;

export type AssignedBy = (typeof assignments)[number];

export function isAbove(label: Classification, ceiling: Classification): boolean {
  return classifications.indexOf(label) > classifications.indexOf(ceiling);
}

/** What a finding makes of a label: the higher of both, so that no finding and no model ever lowers one. */
export function raisedTo(label: Classification, found: Classification | null): Classification {
  return found !== null && isAbove(found, label) ? found : label;
}
