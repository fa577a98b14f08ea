import { type AuditFilters, auditFilterNames } from '../audit/audit-filters.ts';

/** Where the person is on the page, by the address after `#`. */
export type Place =
  | { page: 'requests' }
  | { page: 'policies' }
  | { page: 'policy'; id: string }
  | { page: 'new_policy' }
  | { page: 'explain' }
  | { page: 'audit'; filters: AuditFilters }
  | { page: 'audit_entry'; id: string }
  | { page: 'sessions' }
  | { page: 'tenants' }
  | { page: 'status' };

const requests: Place = { page: 'requests' };

/** Reads `#/policies/pol_…`; anything unknown is the first page. */
export function placeFrom(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [area, id, ...more] = path.split('/').map(plain);
  if (more.length > 0) return requests;
  switch (area) {
    case 'policies':
      if (id === undefined) return { page: 'policies' };
      if (id === 'new') return { page: 'new_policy' };
      return id === 'explain' ? { page: 'explain' } : { page: 'policy', id };
    case 'audit':
      return id === undefined ? { page: 'audit', filters: filtersFrom(query) } : { page: 'audit_entry', id };
    case 'sessions':
      return { page: 'sessions' };
    case 'tenants':
      return { page: 'tenants' };
    case 'status':
      return { page: 'status' };
    case undefined:
    default:
      return requests;
  }
}

/** The address of a place; `placeFrom` reads it back. */
export function hashOf(place: Place): string {
  switch (place.page) {
    case 'requests':
      return '#/';
    case 'policy':
      return `#/policies/${encodeURIComponent(place.id)}`;
    case 'new_policy':
      return '#/policies/new';
    case 'explain':
      return '#/policies/explain';
    case 'audit_entry':
      return `#/audit/${encodeURIComponent(place.id)}`;
    case 'audit': {
      const query = new URLSearchParams(Object.entries(place.filters)).toString();
      return query === '' ? '#/audit' : `#/audit?${query}`;
    }
    case 'policies':
    case 'sessions':
    case 'tenants':
    case 'status':
      return `#/${place.page}`;
  }
}

function filtersFrom(query: string): AuditFilters {
  const said = new URLSearchParams(query);
  return Object.fromEntries(
    auditFilterNames.flatMap((name) => {
      const value = said.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
