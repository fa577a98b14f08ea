import { z } from 'zod';
import { capabilityNames } from './status.ts';

const health = z.enum(['healthy', 'degraded', 'unhealthy', 'disabled', 'stopped']);

/** Answer of `GET /api/v1/status` (spec/enterprise.md §1.2; the 14 capabilities of decisions.md 21). */
export const systemStatus = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    components: z.object({
      gateway: health,
      policyEngine: health,
      opa: health,
      connectors: z.record(z.string(), health),
      database: health,
      audit: health,
      temporal: health,
      cache: health,
    }),
    capabilities: z.array(
      z.object({ name: z.enum(capabilityNames), status: z.enum(['active', 'disabled', 'error']) }),
    ),
    version: z.string(),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'SystemStatus' });

export type SystemStatus = z.infer<typeof systemStatus>;
