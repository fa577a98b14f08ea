import { randomUUID } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { postRequest } from '#domain/request/calls.ts';
import type { RequestView } from '#domain/request/request.schema.ts';
import { isFinal, type RequestState } from '#domain/request/request.ts';
import type { Api } from '../../api.ts';
import type { Context } from '../../context.ts';
import type { Exit } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { followRequest } from '../../follow-request.ts';
import { stopSignals } from '../../stop-signals.ts';
import { plainLine } from '../../terminal-text.ts';
import { requestHeading, requestText, waitsText } from '../../text/request-text.ts';

/** How long to wait for the first answer, in seconds; `--wait` waits as long as it takes. */
const firstAnswerSeconds = 60;

interface AskOptions {
  wait: boolean;
  timeout?: number;
  idempotencyKey?: string;
}

export function askCommand(context: Context): Command {
  return new Command('ask')
    .description('ask for something and print the first answer: done, denied, or waiting for an approval')
    .argument('<text...>', 'what you want; - reads it from standard input')
    .option('--wait', 'wait until it is done, through approvals', false)
    .option('--timeout <seconds>', `wait no longer (without --wait: ${firstAnswerSeconds})`, seconds)
    .option('--idempotency-key <key>', 'the same key and text twice are one request')
    .action((words: string[], options: AskOptions) => ask(context, words, options));
}

async function ask(context: Context, words: readonly string[], options: AskOptions): Promise<void> {
  const text = words.length === 1 && words[0] === '-' ? await readAll(context.stdin) : words.join(' ');
  if (text.trim() === '') throw usageFailure('There is nothing to ask.');
  const { call, open } = await context.connect();
  const limit = options.timeout ?? (options.wait ? undefined : firstAnswerSeconds);
  const stop = stopSignals(limit);
  let view: RequestView | undefined;
  try {
    view = await send(call, { text, key: options.idempotencyKey ?? randomUUID(), signal: stop.signal });
    if (!settled(view.state, options.wait)) {
      tell(context, view);
      for await (const next of followRequest({ open, id: view.id, signal: stop.signal })) {
        const isNews = next.state !== view.state || waitsText(next) !== waitsText(view);
        if (isNews && !settled(next.state, options.wait)) tell(context, next);
        view = next;
        if (settled(view.state, options.wait)) break;
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw stopped(stop.interrupted(), view);
  } finally {
    stop.release();
  }
  const last = view;
  context.output.result(last, () => requestText(last, context.output.colors));
  context.exit(exitFor(last.state, options.wait));
}

interface Sending {
  text: string;
  key: string;
  signal: AbortSignal;
}

/** Sends again when the connection broke: with the same key it remains one request. */
async function send(call: Api['call'], { text, key, signal }: Sending): Promise<RequestView> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call(postRequest, { headers: { 'idempotency-key': key }, body: { text }, signal });
    } catch (error) {
      if (signal.aborted || attempt === 3 || !(error instanceof Failure && error.code === 'unreachable'))
        throw error;
      await sleep(attempt * 300, undefined, { signal });
    }
  }
}

function settled(state: RequestState, wait: boolean): boolean {
  return wait ? isFinal(state) : state !== 'received' && state !== 'running';
}

function exitFor(state: RequestState, wait: boolean): Exit {
  if (state === 'answered') return 'ok';
  return state === 'queued' && !wait ? 'ok' : 'failed';
}

function tell({ output }: Context, view: RequestView): void {
  const approvals = view.actions.flatMap(({ approval_id: id }) => (id === null ? [] : [plainLine(id)]));
  const which = approvals.length > 0 ? ` Approval: ${approvals.join(', ')}` : '';
  const waits = waitsText(view);
  output.note(`${plainLine(view.id)}: ${requestHeading(view)}${which}${waits && ` ${waits}`}`);
}

function stopped(byHand: boolean, view: RequestView | undefined): Failure {
  const why = byHand ? 'Stopped waiting' : 'The time to wait is over';
  const exit = byHand ? 'interrupted' : 'unfinished';
  if (view === undefined) {
    return new Failure(exit, exit, `${why}; whether the gateway got the request is not known.`, {
      hint: 'Look with `openclaw requests list`.',
    });
  }
  const id = plainLine(view.id);
  return new Failure(exit, exit, `${why}; request ${id} goes on (last seen: ${view.state}).`, {
    detail: { request_id: view.id, state: view.state },
    hint: `Look with \`openclaw requests show ${id}\`, take it back with \`openclaw requests withdraw ${id}\`.`,
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 2_000_000) return value;
  throw new InvalidArgumentError('Expected a number of seconds above 0.');
}
