import { z } from 'zod';

/** `GET /keys`: which master keys are needed, and for what. Never a key. */
export const keysView = z.object({
  /** The one that wraps new keys. */
  active_master_key: z.string(),
  /** Existing data keys of all tenants, and former master keys that are stored. */
  keys: z.int(),
  /** How many of those are wrapped under the active master key. */
  rewrapped: z.int(),
  /** Keys that were destroyed with their tenants. */
  destroyed: z.int(),
  master_keys: z.array(
    z.object({
      id: z.string(),
      /** Is it in the file of the gateway that answers? */
      in_file: z.boolean(),
      /** Number of keys that it wraps. */
      wraps: z.int(),
      /** Nothing needs it in the file any longer. */
      removable: z.boolean(),
    }),
  ),
});

export type KeysView = z.output<typeof keysView>;
