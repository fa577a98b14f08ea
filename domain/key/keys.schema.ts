import { z } from 'zod';

/** `GET /keys`: which master keys are needed for what. Never a key. */
export const keysView = z.object({
  /** The one that wraps from now on. */
  active_master_key: z.string(),
  /** Living data keys of all tenants, and former master keys that are kept. */
  keys: z.int(),
  /** Of those, how many lie under the active master key. */
  rewrapped: z.int(),
  /** Keys that were destroyed with their tenants. */
  destroyed: z.int(),
  master_keys: z.array(
    z.object({
      id: z.string(),
      /** Is it in the file of the gateway that answers? */
      in_file: z.boolean(),
      /** Keys that lie under it. */
      wraps: z.int(),
      /** Nothing needs it in the file any more. */
      removable: z.boolean(),
    }),
  ),
});

export type KeysView = z.output<typeof keysView>;
