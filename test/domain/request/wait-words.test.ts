import { expect, it } from 'vitest';
import { waitInWords } from '#domain/request/wait-words.ts';

it.each([
  ['send', 'api_rate_limited', 'The provider takes no call before 2126-01-10 12:17:00 UTC. Then it is sent.'],
  [
    'look',
    'api_rate_limited',
    'The provider takes no call before 2126-01-10 12:17:00 UTC. Then it is looked for.',
  ],
  [
    'look',
    'api_unreachable',
    "It may have been sent, which can't be told before 2126-01-10 12:17:00 UTC. Then it is looked for.",
  ],
] as const)('a wait to %s, because of %s', (to, code, message) => {
  const until = '2126-01-10T12:17:00.000Z';
  expect(waitInWords({ until, to, code })).toEqual({ until, to, error: code, message });
});
