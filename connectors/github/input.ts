import { z } from 'zod';
import { isPlainText } from '#domain/text.ts';
import { markerLength } from './marker.ts';

/** The longest comment that GitHub accepts, in characters. */
const commentLimit = 65_536;

const ownerAndName = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

export const repository = z.string().regex(ownerAndName, 'write it as owner/name');

export const itemNumber = z
  .int('write it as a number')
  .min(1, 'numbers start at 1')
  .max(999_999_999, 'there is no such number');

export const itemState = z.enum(['open', 'closed', 'all'], 'say open, closed or all');

export const commentBody = z
  .string()
  .max(commentLimit - markerLength, `at most ${commentLimit - markerLength} characters`)
  .refine((text) => text.trim() !== '', 'the text is empty')
  .refine(isPlainText, 'the text holds characters that are not valid');

/** As the URL parser writes it: line breaks and direction marks are encoded, so that an address stays one. */
export const webAddress = z.url({ protocol: /^https?$/, normalize: true });

/** Owner and name separately, as the API needs them. */
export function ownerAndRepo(fullName: string): { owner: string; repo: string } {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo };
}
