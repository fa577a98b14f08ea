import { z } from 'zod';
import { roles } from '#domain/person/role.ts';
import type { Identity } from './actor-from-claims.ts';

/** An identity as sessions store it. */
export const identitySchema = z.strictObject({
  actor: z.strictObject({
    tenantId: z.string().min(1),
    userId: z.string().min(1),
    role: z.enum(roles),
    orgUnit: z.string(),
  }),
  email: z.string().nullable(),
  name: z.string().nullable(),
  statedAt: z.iso.datetime(),
  issuedAt: z.iso.datetime(),
}) satisfies z.ZodType<Identity>;
