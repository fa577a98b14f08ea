import type { ProviderAnswer } from '../../stand-in/provider.ts';

export function jsonAnswer(status: number, data: unknown): ProviderAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, body: Buffer.from(JSON.stringify(data)) };
}
