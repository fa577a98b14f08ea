/** Text from outside, exactly as it is: always text, never markup. Scrolls by keyboard too. */
export function PlainBlock({ label, text }: { label: string; text: string }) {
  return (
    <section class="plain" aria-label={label} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  );
}
