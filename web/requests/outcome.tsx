import type { RequestView } from '#domain/request/request.schema.ts';
import { Problem } from '../design/problem.tsx';

/** What came of it. A request repeats what its actions say, so that it is shown for a request only where it has none. */
export function Outcome({ answer, error }: Pick<RequestView, 'answer' | 'error'>) {
  return (
    <>
      {answer !== null && <p class="outside answer">{answer}</p>}
      {error && <Problem failure={{ code: error.error, message: error.message }} />}
    </>
  );
}
