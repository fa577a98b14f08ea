/** Who acts in the world of the stand-ins; our connectors come as the first. */
export const accounts = {
  bot: { login: 'openclaw-bot', name: 'OpenClaw (stand-in)' },
  maria: { login: 'maria', name: 'Maria Lang' },
  jonas: { login: 'jonas', name: 'Jonas Weber' },
} as const;

export type Account = keyof typeof accounts;

/** Something that happened at a provider before we came, as the call that made it. */
export interface Step {
  by: Account;
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body: object;
}
