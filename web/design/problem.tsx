import { detailText, type Failure } from '../api/failure.ts';

interface ProblemProps {
  failure: Pick<Failure, 'code' | 'message'> & { detail?: unknown };
  /** What it was about, where the place on the page doesn't say so. */
  about?: string | undefined;
}

/** An error with its code and its words. */
export function Problem({ failure, about }: ProblemProps) {
  const detail = detailText(failure.detail);
  return (
    <div class="notice bad" role="alert">
      <p>
        {about && <strong>{about}: </strong>}
        {failure.message} <code>{failure.code}</code>
      </p>
      {detail !== '' && <p class="detail">{detail}</p>}
    </div>
  );
}
