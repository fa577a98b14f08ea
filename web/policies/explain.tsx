import type { DeskProps } from '../desk-props.ts';

/** Which rule decides. */
export function Explain({ live }: DeskProps) {
  return <p>{String(live)}</p>;
}
