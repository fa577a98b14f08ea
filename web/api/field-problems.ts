/** One thing that the server finds wrong with what was sent; `field` is a dotted path, empty where it is the whole. */
export interface FieldProblem {
  field: string;
  problem: string;
}

/** Reads the two shapes of an error's `detail` that name fields: objects, and sentences that begin with `path: `. */
export function fieldProblems(detail: unknown): FieldProblem[] {
  if (!Array.isArray(detail)) return [];
  return detail.flatMap((one: unknown) => {
    if (typeof one === 'string') return [problemIn(one)];
    if (typeof one !== 'object' || one === null) return [];
    const { field, problem }: { field?: unknown; problem?: unknown } = one;
    return typeof field === 'string' && typeof problem === 'string' ? [{ field, problem }] : [];
  });
}

/** Those of one field and of what is in it, as they stand beside the field: its own name isn't said again. */
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
