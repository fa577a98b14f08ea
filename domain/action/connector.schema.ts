import { z } from 'zod';

const row = z.object({
  name: z.string(),
  status: z.enum(['active', 'disabled', 'error']),
  /** `null`: never, or nothing is kept of this source. */
  last_sync: z.iso.datetime().nullable(),
  items_synced: z.int(),
  error: z.object({ code: z.string(), message: z.string(), since: z.iso.datetime() }).nullable(),
  health: z.object({
    latency_ms: z.number().nullable(),
    success_rate_24h: z.number().nullable(),
    last_error: z.iso.datetime().nullable(),
  }),
});

/** Answer of `GET /api/v1/connectors`, as seed 000 prints it; what isn't measured is `null`. */
export const connectorList = z.object({ connectors: z.array(row) }).meta({ id: 'ConnectorList' });

export type ConnectorList = z.infer<typeof connectorList>;

export type ConnectorRow = z.infer<typeof row>;
