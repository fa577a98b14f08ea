import type { RequestView } from '#domain/request/request.schema.ts';
import { Problem } from '../design/problem.tsx';

/** What became of it. A request repeats what its actions say, so a request shows this only if it has no actions. */
export function Outcome({ answer, error }: Pick<RequestView, 'answer' | 'error'>) {
  return (
    <>
      {answer !== null && <p class="outside answer">{answer}</p>}
      {error && <Problem failure={{ code: error.error, message: error.message }} />}
    </>
  );
}
