import { apiBase } from './base.ts';
import { type Calls } from './calls.ts';
import type { SessionPage } from './types.ts';

/** One's own browser sessions. */
export interface SessionApi {
  list(): Promise<SessionPage>;
  end(id: string): Promise<unknown>;
}

export function sessionApi({ json }: Calls): SessionApi {
  return {
    list: () => json(`${apiBase}/auth/sessions`),
    end: (id) => json(`${apiBase}/auth/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  };
}
