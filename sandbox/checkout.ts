import { fileURLToPath } from 'node:url';

/** The folder that contains package.json, without a trailing slash. */
export const checkout = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
