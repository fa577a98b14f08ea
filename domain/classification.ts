/** How confidential data is, lowest first (spec/enterprise.md §1.5). */
export const classifications = ['public', 'internal', 'confidential', 'restricted'] as const;

export type Classification = (typeof classifications)[number];

/** The highest label of several sources; data without a known label counts as `restricted`. */
export function highestClassification(labels: readonly Classification[]): Classification {
  if (labels.length === 0) return 'restricted';
  const rank = Math.max(...labels.map((label) => classifications.indexOf(label)));
  return classifications[rank] ?? 'restricted';
}
