import { detailText, type Failure } from '../api/failure.ts';
import { fieldProblems, problemWords } from '../api/field-problems.ts';

interface ProblemProps {
  failure: Pick<Failure, 'code' | 'message'> & { detail?: unknown };
  /** What it is about, if its place on the page doesn't show that. */
  about?: string | undefined;
}

/** An error with its code and text, field by field if it names fields. */
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
