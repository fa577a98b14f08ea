import type { Actor } from '#domain/person/actor.ts';
import type { Stores } from '#stores/open-stores.ts';
import { asker } from './examples.ts';

export { asker };

export const lead: Actor = {
  tenantId: 'acme',
  userId: 'acme-lead',
  role: 'team_lead',
  orgUnit: 'engineering',
};
export const admin: Actor = {
  tenantId: 'acme',
  userId: 'acme-admin',
  role: 'enterprise_admin',
  orgUnit: 'hq',
};
/** Of the asker's unit, without a role that decides. */
export const colleague: Actor = { ...asker, userId: 'acme-colleague' };
/** A lead, of a unit that doesn't cover the asker's. */
export const salesLead: Actor = { ...lead, userId: 'acme-sales-lead', orgUnit: 'sales' };
export const globexLead: Actor = { ...lead, tenantId: 'globex', userId: 'globex-lead' };

/** They sign in: the provider states who they are. */
export async function signIn({ people }: Pick<Stores, 'people'>, ...who: readonly Actor[]): Promise<void> {
  for (const { tenantId, userId, role, orgUnit } of who) {
    const statedAt = new Date().toISOString();
    await people.seen(tenantId, {
      userId,
      email: null,
      name: null,
      role,
      orgUnit,
      statedAt,
      issuedAt: statedAt,
    });
  }
}
