import { fileURLToPath } from 'node:url';

/** For processes that tests start: they compile their modules once, not at every start, which is half of their time. */
export const compileCache = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/openclaw/compiled', import.meta.url)),
} as const;
