import type { UserInfo } from '#domain/person/session.schema.ts';
import { decidesForOthers, may } from '../session/role-words.ts';
import type { Place } from './place.ts';

export type Area = 'requests' | 'policies' | 'audit' | 'sessions' | 'tenants' | 'status';

const words: Record<Area, string> = {
  requests: 'Requests',
  policies: 'Policies',
  audit: 'Audit',
  sessions: 'Sessions',
  tenants: 'Tenants',
  status: 'Status',
};

export function areaWord(area: Area): string {
  return words[area];
}

/** Label of the link: the first page also shows approvals to people who decide. */
export function linkWord(area: Area, who: Pick<UserInfo, 'roles'>): string {
  return area === 'requests' && decidesForOthers(who) ? 'Requests and approvals' : words[area];
}

export function areaOf({ page }: Place): Area {
  switch (page) {
    case 'policy':
    case 'new_policy':
    case 'explain':
      return 'policies';
    case 'audit_entry':
      return 'audit';
    case 'requests':
    case 'audit':
    case 'sessions':
    case 'tenants':
    case 'status':
    case 'policies':
      return page;
  }
}

/**
 * What the person's role can use. The server decides each time; for tenants it also checks the operator, which only
 * shows in a refusal.
 */
export function areasFor(
  who: Pick<UserInfo, 'roles'>,
  { tenantsRefused }: { tenantsRefused: boolean },
): Area[] {
  const all: Area[] = ['requests', 'policies', 'audit', 'sessions'];
  if (may(who, 'tenants.manage') && !tenantsRefused) all.push('tenants');
  if (may(who, 'status.read')) all.push('status');
  return all;
}
