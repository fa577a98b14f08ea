import { createHash } from 'node:crypto';

const separator = '\n\n';

/** Characters that a marker adds to a comment. */
export const markerLength = separator.length + '<!-- openclaw: -->'.length + 32;

/**
 * The hidden line that links a comment to its run. A hash, so that request ids don't become public.
 *
 * A comment counts as ours when our own account wrote it **and** it ends with the marker. A stranger can copy a marker
 * but can't write as us; somebody who asks us to post a text with another run's marker in it can't make that the last
 * line, because our own marker follows every text that we post.
 */
export function markerOf(runId: string): string {
  const digest = createHash('sha256').update(`github comment ${runId}`).digest('hex');
  return `<!-- openclaw:${digest.slice(0, 32)} -->`;
}

export function withMarker(text: string, runId: string): string {
  return `${text}${separator}${markerOf(runId)}`;
}

export function endsWithMarker(text: string, runId: string): boolean {
  return text.trimEnd().endsWith(markerOf(runId));
}
