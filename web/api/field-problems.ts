/** One problem that the server found in what was sent; `field` is a dotted path, empty for the whole. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/** Reads both forms of an error `detail` that names fields: objects, and sentences that begin with `path: `. */
export function fieldProblems(detail: unknown): FieldProblem[] {
  if (!Array.isArray(detail)) return [];
  return detail.flatMap((one: unknown) => {
    if (typeof one === 'string') return [problemIn(one)];
    if (typeof one !== 'object' || one === null) return [];
    const { field, problem }: { field?: unknown; problem?: unknown } = one;
    return typeof field === 'string' && typeof problem === 'string' ? [{ field, problem }] : [];
  });
}

/** The problems of one field and of what is in it, to be shown beside the field, without its own name. */
export function problemsOf(problems: readonly FieldProblem[], field: string): FieldProblem[] {
  return problems.flatMap((one) => {
    if (one.field === field) return [{ field: '', problem: one.problem }];
    return one.field.startsWith(`${field}.`) ? [one] : [];
  });
}

/** One line each, as a list shows it. */
export function problemWords({ field, problem }: FieldProblem): string {
  return field === '' ? problem : `${field}: ${problem}`;
}

function problemIn(sentence: string): FieldProblem {
  const [, field, problem] = /^([\w.[\]*/-]+): (.+)$/su.exec(sentence) ?? [];
  return field === undefined || problem === undefined ? { field: '', problem: sentence } : { field, problem };
}
