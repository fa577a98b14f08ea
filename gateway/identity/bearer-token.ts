import { CodedError } from '#domain/error.ts';

/**
 * The token of `Authorization: Bearer …`; `undefined` without the header. Throws `invalid_token` when the header says
 * anything else.
 */
export function bearerToken(authorization: string | string[] | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token =
    typeof authorization === 'string' ? /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1] : undefined;
  if (token === undefined) throw new CodedError('invalid_token', { detail: { reason: 'malformed' } });
  return token;
}
