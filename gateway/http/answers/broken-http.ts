import type { FastifyInstance } from 'fastify';
import { errorCatalogue } from '#domain/error.ts';

/**
 * Answers bytes that aren't HTTP, headers beyond the limit, and callers that are too slow; then closes the connection.
 */
export function answerBrokenHttp(
  this: FastifyInstance,
  error: NodeJS.ErrnoException,
  socket: NodeJS.WritableStream & { writable: boolean; destroy(): void },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusLines[error.code ?? ''] ?? '400 Bad Request';
  const body = JSON.stringify({ error: 'INVALID_REQUEST', message: errorCatalogue.INVALID_REQUEST.text });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
