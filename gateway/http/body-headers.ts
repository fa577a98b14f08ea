import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '#domain/error.ts';

/** Of these, two readers of one call could each take another value. */
const single = ['authorization', 'content-type', 'content-encoding'];

/**
 * Refuses bodies that somebody between us and the caller could read differently: encoded ones, which we don't decode
 * (`UNSUPPORTED_MEDIA_TYPE`, as RFC 9110 §8.4.1 says), other character sets than UTF-8, and calls that say twice who
 * calls or what the body is (`INVALID_REQUEST`).
 */
export function refuseOddBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply) => {
    const { rawHeaders } = request.raw;
    const twice = single.find((name) => countOf(rawHeaders, name) > 1);
    if (twice !== undefined) {
      throw new CodedError('INVALID_REQUEST', { detail: [{ field: twice, problem: 'is given twice' }] });
    }
    if (!isPlain(request)) {
      reply.header('accept-encoding', 'identity');
      throw new CodedError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body without Content-Encoding.' });
    }
    if (!isUtf8(request)) throw new CodedError('UNSUPPORTED_MEDIA_TYPE');
  });
}

function countOf(rawHeaders: readonly string[], name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

function isPlain({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding.trim().toLowerCase() === 'identity';
}

function isUtf8({ headers }: FastifyRequest): boolean {
  const [, ...parameters] = (headers['content-type'] ?? '').split(';');
  return parameters
    .map((parameter) => parameter.trim().toLowerCase())
    .filter((parameter) => parameter.startsWith('charset'))
    .every((parameter) => /^charset="?utf-?8"?$/.test(parameter));
}
