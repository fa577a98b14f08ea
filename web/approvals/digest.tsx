import { shortDigest } from './approval-words.ts';

/** The digest to which a decision is bound: shortened, and in full on demand. */
export function Digest({ digest }: { digest: string }) {
  return (
    <details class="digest">
      <summary>
        Digest <code>{shortDigest(digest)}</code>
      </summary>
      <p class="small">
        <code>{digest}</code>
      </p>
      <p class="small quiet">
        A decision holds for exactly this. If action or policy change before it is carried out, nothing is
        done.
      </p>
    </details>
  );
}
