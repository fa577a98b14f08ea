/** Why a part does not work, in words for those who run it. */
export interface Reason {
  /** The tenant that alone is concerned. */
  tenantId: string | null;
  problem: string;
}

/** What a check throws where it knows why. Its reasons are shown to admins, so they name no secret and no person. */
export class NotWell extends Error {
  override readonly name = 'NotWell';
  readonly reasons: readonly Reason[];

  constructor(reasons: readonly Reason[]) {
    super(
      reasons
        .map(({ tenantId, problem }) => (tenantId === null ? problem : `${tenantId}: ${problem}`))
        .join('; '),
    );
    this.reasons = reasons;
  }
}

/** A reason that concerns the whole installation. */
export function ofAll(problem: string): Reason {
  return { tenantId: null, problem };
}

/** Throws when there is a reason to. */
export function throwIfAny(reasons: readonly Reason[]): void {
  if (reasons.length > 0) throw new NotWell(reasons);
}

/** Whatever else a part throws may hold an address or a name: the log has it. */
export function reasonsOf(cause: unknown): readonly Reason[] {
  return cause instanceof NotWell ? cause.reasons : [ofAll('it does not answer as it should; see the log')];
}
