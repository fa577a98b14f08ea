import { buildWebIfStale } from '#web/build.ts';

/** The page, built once for the whole run, where the gateway serves it from. */
export default async function setup(): Promise<void> {
  await buildWebIfStale();
}
