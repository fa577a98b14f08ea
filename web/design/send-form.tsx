import type { ComponentChildren, TargetedSubmitEvent } from 'preact';
import { Problem } from './problem.tsx';
import type { Sending } from './use-sending.ts';

interface SendFormProps extends Sending {
  label: string;
  /** It stands alone rather than in a panel. */
  isPanel?: boolean;
  /** Label of the button that sends it. */
  doIt: string;
  /** Shown beside the button, while nothing is being sent. */
  note?: string;
  /** The same, while something is. */
  underWay?: string;
  children: ComponentChildren;
  /** Throws `Failure`. */
  onSend: () => Promise<void>;
}

/** Fields, a button that sends them (as Enter does), and any problems. The server checks the fields. */
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
