import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** How far a call came. */
interface Sending {
  /** A request was made for it. */
  began: boolean;
  /** Its first byte was about to go out. */
  sent: boolean;
}

const current = new AsyncLocalStorage<Sending>();
const sendings = new WeakMap<object, Sending>();

// What Node's own fetch tells (undici, "Diagnostics Channel Support"); a CONNECT goes to a proxy and not to the provider.
subscribe('undici:request:create', (message) => {
  const request = requestOf(message);
  const sending = current.getStore();
  if (sending === undefined || request === undefined || isConnect(request)) return;
  sending.began = true;
  sendings.set(request, sending);
});
subscribe('undici:client:sendHeaders', (message) => {
  const sending = sendings.get(requestOf(message) ?? current);
  if (sending !== undefined) sending.sent = true;
});

/**
 * Makes one call by `fetch` and knows afterwards whether anything was sent. Names of errors don't tell: a connection can
 * be reset before and after the request went out, and a certificate be refused in many words.
 */
export function watchFirstByte<Answer>(call: () => Promise<Answer>): {
  answer: Promise<Answer>;
  /** Has surely no byte of the request gone out? */
  surelyNotSent(): boolean;
} {
  const sending: Sending = { began: false, sent: false };
  return {
    answer: current.run(sending, call),
    surelyNotSent: () => sending.began && !sending.sent,
  };
}

function requestOf(message: unknown): object | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined;
  const { request } = message;
  return typeof request === 'object' && request !== null ? request : undefined;
}

function isConnect(request: object): boolean {
  return 'method' in request && request.method === 'CONNECT';
}
