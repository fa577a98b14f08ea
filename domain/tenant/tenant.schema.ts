import { z } from 'zod';
import { tenantIdPattern } from '../ids.ts';
import { plainText } from '../text.schema.ts';
import { installationTenant, tenantStatuses } from './tenant.ts';

const name = plainText({ min: 1, max: 200 });
const domain = z
  .string()
  .max(253)
  .regex(/^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/, 'is not a domain name in lower case');
const domains = z.array(domain).max(50);
const issuer = z.url({ protocol: /^https?$/ }).max(2_048);
const reason = plainText({ min: 1, max: 2_000 }).refine((words) => words.trim() !== '', {
  error: 'is empty',
});

const id = z
  .string()
  .regex(tenantIdPattern, 'is not a tenant id: lower-case letters, digits and hyphens, 2 to 40')
  .refine((value) => value !== installationTenant, 'is reserved');

/** `POST /tenants` (spec/enterprise.md §1.2). */
export const newTenant = z.strictObject({
  id,
  name,
  domains: domains.default([]),
  oidc_issuer: issuer.nullable().default(null),
});

export type NewTenant = z.input<typeof newTenant>;

/** `PUT /tenants/{id}`: what is left out stays as it is. */
export const tenantChange = z.strictObject({
  name: name.optional(),
  domains: domains.optional(),
  oidc_issuer: issuer.nullable().optional(),
});

export type TenantChange = z.input<typeof tenantChange>;

export const tenantReason = z.strictObject({ reason });

export type TenantReason = z.input<typeof tenantReason>;

export const tenantView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    domains: z.array(z.string()),
    oidc_issuer: z.string().nullable(),
    status: z.enum(tenantStatuses),
    created_at: z.string(),
    /** When a requested deletion begins to destroy data. */
    delete_at: z.string().nullable(),
  })
  .meta({ id: 'Tenant' });

export const tenantList = z.strictObject({ tenants: z.array(tenantView), total: z.int() });

export type TenantList = z.infer<typeof tenantList>;

/** Spelt as the spec prints it. */
export const tenantStatusView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(tenantStatuses),
    gatewayInstances: z.int(),
    connectorCount: z.int(),
    policyCount: z.int(),
    userCount: z.int(),
    createdAt: z.string(),
  })
  .meta({ id: 'TenantStatus' });

export type TenantView = z.infer<typeof tenantView>;
export type TenantStatusView = z.infer<typeof tenantStatusView>;
