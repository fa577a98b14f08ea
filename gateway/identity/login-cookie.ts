import type { Envelope } from '#platform/crypto/envelope.ts';
import { setCookie } from '../http/cookies.ts';
import { type PendingSignIn, pendingSignIn } from './sign-in.ts';

const name = 'sign_in';
const seconds = 600;
const place = 'sign-in-cookie';

/**
 * What a browser stores while it is at the provider. `Lax`, since it comes back from another site; sealed, since it
 * contains the PKCE verifier.
 */
export interface LoginCookie {
  /** `Set-Cookie` value. */
  of(pending: PendingSignIn): string;
  /** `undefined` when there is none, it was tampered with, or it is older than ten minutes. */
  read(cookies: Readonly<Record<string, string | undefined>>): PendingSignIn | undefined;
  /** `Set-Cookie` value that removes it. */
  cleared: string;
}

interface LoginCookieOptions {
  envelope: Envelope;
  secure: boolean;
  /** Milliseconds since the epoch. */
  nowMs: () => number;
}

export function createLoginCookie({ envelope, secure, nowMs }: LoginCookieOptions): LoginCookie {
  return {
    of(pending) {
      const sealed = Buffer.from(envelope.seal(Buffer.from(JSON.stringify(pending)), place));
      return setCookie({
        name,
        value: sealed.toString('base64url'),
        sameSite: 'Lax',
        maxAgeSeconds: seconds,
        secure,
      });
    },
    read(cookies) {
      try {
        const plain = envelope.open(Buffer.from(cookies[name] ?? '', 'base64url'), place);
        const pending = pendingSignIn.parse(JSON.parse(Buffer.from(plain).toString('utf8')));
        return Date.parse(pending.startedAt) + seconds * 1_000 > nowMs() ? pending : undefined;
      } catch {
        return undefined;
      }
    },
    cleared: setCookie({ name, value: '', sameSite: 'Lax', maxAgeSeconds: 0, secure }),
  };
}
