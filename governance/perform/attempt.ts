import { CodedError, errorFacts, ProviderError } from '#domain/error.ts';

/** How one call to a provider ended. */
export type Attempted<Output> =
  | { ok: true; output: Output }
  | { ok: false; error: CodedError; happened: 'no' | 'unknown'; retryable: boolean };

/** Runs one call to a provider. Unless its error says otherwise, a failed one may have had its effect all the same. */
export async function attempt<Output>(call: () => Promise<Output>): Promise<Attempted<Output>> {
  try {
    return { ok: true, output: await call() };
  } catch (thrown) {
    const error =
      thrown instanceof CodedError ? thrown : new CodedError('api_unreachable', { cause: thrown });
    const happened = happenedBy(thrown);
    return { ok: false, error, happened, retryable: errorFacts(error.code).retryable };
  }
}

/** Our own refusals (a bad credentials file, no permit) happen before anything is sent. */
function happenedBy(thrown: unknown): 'no' | 'unknown' {
  if (thrown instanceof ProviderError) return thrown.happened;
  return thrown instanceof CodedError ? 'no' : 'unknown';
}
