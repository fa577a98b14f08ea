import { CodedError, errorFacts } from '#domain/error.ts';
import type { Media } from '../../http/route.ts';
import { refusalPage } from './pages.ts';

const html: Media = { media: 'text/html', contains: 'A page that says why, for the person in the browser.' };

/** Answers with which a step of the browser's sign-in can refuse. */
export const refusals = { 400: html, 401: html, 403: html, 502: html, 503: html } as const;

type RefusalStatus = keyof typeof refusals;

export const htmlType = 'text/html; charset=utf-8';

/** A refusal as a page, since a person is looking; any other error goes on to the general handler. */
export function refusalAnswer(error: unknown, cookies: string[]) {
  if (!(error instanceof CodedError)) throw error;
  const { http } = errorFacts(error.code);
  if (!isRefusal(http)) throw error;
  return {
    status: http,
    body: refusalPage(error.code, error.message),
    headers: { 'content-type': htmlType, 'set-cookie': cookies },
  };
}

function isRefusal(status: number): status is RefusalStatus {
  return Object.hasOwn(refusals, status);
}
