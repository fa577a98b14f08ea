import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { Problem } from './problem.tsx';
import type { Sending } from './use-sending.ts';

interface SendFormProps extends Sending {
  label: string;
  /** It stands by itself, not within a panel. */
  isPanel?: boolean;
  /** Words of the button that sends it. */
  doIt: string;
  /** Beside the button, while nothing is under way. */
  note?: string;
  /** The same, while it is. */
  underWay?: string;
  children: ComponentChildren;
  /** Throws `Failure`. */
  onSend: () => Promise<void>;
}

/** Fields, one button that sends them (Enter does too), and what was wrong. The server checks the fields. */
export function SendForm(props: SendFormProps) {
  const { label, isPanel = false, doIt, note, underWay = 'Sending…', children, onSend } = props;
  const { sending, failure, send } = props;

  function submit(event: TargetedSubmitEvent<HTMLFormElement>): void {
    event.preventDefault();
    void send(onSend);
  }

  const words = sending ? underWay : note;
  return (
    <form class={isPanel ? 'panel' : 'body'} aria-label={label} onSubmit={submit} noValidate>
      {children}
      <div class="row">
        <button type="submit" class="primary" aria-disabled={sending}>
          {doIt}
        </button>
        {words !== undefined && <span class="quiet">{words}</span>}
      </div>
      {failure && <Problem failure={failure} />}
    </form>
  );
}
