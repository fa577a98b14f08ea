import { setCookie } from '../../http/cookies.ts';
import { ticketSeconds } from '../../identity/session/sign-in-tickets.ts';

export const ticketCookieName = 'sign_in_ticket';
export const completePath = '/auth/complete';

/** `Strict`: only sent when the step starts on our own page. */
export function ticketCookie(ticket: string, secure: boolean): string {
  return cookie(ticket, ticketSeconds, secure);
}

export function clearedTicketCookie(secure: boolean): string {
  return cookie('', 0, secure);
}

function cookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  return setCookie({
    name: ticketCookieName,
    value,
    sameSite: 'Strict',
    maxAgeSeconds,
    secure,
  });
}
