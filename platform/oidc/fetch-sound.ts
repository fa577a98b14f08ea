import type { CustomFetchOptions } from 'openid-client';
import { fetchPlainly } from './plain-fetch.ts';
import { soundKeys } from './sound-keys.ts';

/**
 * `fetch` for the library, which reads the key set by itself to verify identity tokens: keys that prove nothing are left
 * out there too. What cannot be read as a set is passed on for the library to refuse.
 */
export async function fetchSound(address: string, options: CustomFetchOptions): Promise<Response> {
  const answer = await fetchPlainly(address, options);
  if (answer.status !== 200 || !isForKeys(options.headers)) return answer;
  const text = await answer.text();
  return new Response(soundText(text), { status: 200, headers: answer.headers });
}

function isForKeys(headers: Readonly<Record<string, string>>): boolean {
  return headers['accept']?.includes('application/jwk-set+json') === true;
}

function soundText(text: string): string {
  try {
    return JSON.stringify(soundKeys(JSON.parse(text)));
  } catch {
    return text;
  }
}
