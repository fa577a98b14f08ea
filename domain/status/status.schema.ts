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

/** Answer of `GET /api/v1/status/problems`: why parts are unhealthy, in words; all is well when it is empty. */
export const statusProblems = z
  .object({
    problems: z.array(
      z.object({
        /** A key of `components`, or a connector's name. */
        part: z.string(),
        /** The tenant that alone is concerned. */
        tenant_id: z.string().nullable(),
        problem: z.string(),
      }),
    ),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'StatusProblems' });

export type StatusProblems = z.infer<typeof statusProblems>;
