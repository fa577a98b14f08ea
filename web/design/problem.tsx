import { detailText, type Failure } from '../api/failure.ts';
import { fieldProblems, problemWords } from '../api/field-problems.ts';

interface ProblemProps {
  failure: Pick<Failure, 'code' | 'message'> & { detail?: unknown };
  /** What it was about, where the place on the page doesn't say so. */
  about?: string | undefined;
}

/** An error with its code and its words, field by field where it names fields. */
export function Problem({ failure, about }: ProblemProps) {
  const problems = fieldProblems(failure.detail);
  const detail = problems.length > 0 ? '' : detailText(failure.detail);
  return (
    <div class="notice bad" role="alert">
      <p>
        {about && <strong>{about}: </strong>}
        {failure.message} <code>{failure.code}</code>
      </p>
      {problems.length > 0 && (
        <ul class="detail problems">
          {problems.map((one) => (
            <li key={problemWords(one)}>{problemWords(one)}</li>
          ))}
        </ul>
      )}
      {detail !== '' && <p class="detail">{detail}</p>}
    </div>
  );
}
