/** A person of the local sign-in provider. */
export interface DemoAccount {
  /** Opaque subject. */
  sub: string;
  email: string;
  password: string;
  name: string;
  groups: readonly string[];
  /** Slash path: `engineering` covers `engineering/web`. */
  orgUnit: string;
  tenant: string;
  /** Their part, in words, for the table that `npm start` prints. */
  part: string;
}

const password = 'demo';

/** Two tenants, so that their separation can be tried. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    sub: 'acme-user',
    email: 'user@acme.test',
    password,
    name: 'Uma User',
    groups: ['openclaw-users'],
    orgUnit: 'engineering/web',
    tenant: 'acme',
    part: 'asks',
  },
  {
    sub: 'acme-lead',
    email: 'lead@acme.test',
    password,
    name: 'Lee Lead',
    groups: ['openclaw-team-leads', 'openclaw-users'],
    orgUnit: 'engineering',
    tenant: 'acme',
    part: 'team lead, approves',
  },
  {
    sub: 'acme-admin',
    email: 'admin@acme.test',
    password,
    name: 'Ada Admin',
    groups: ['openclaw-admins', 'openclaw-users'],
    orgUnit: 'engineering',
    tenant: 'acme',
    part: 'enterprise admin',
  },
  {
    sub: 'globex-user',
    email: 'user@globex.test',
    password,
    name: 'Gil Globex',
    groups: ['openclaw-users'],
    orgUnit: 'research',
    tenant: 'globex',
    part: 'another tenant',
  },
  {
    sub: 'globex-lead',
    email: 'lead@globex.test',
    password,
    name: 'Lin Globex',
    groups: ['openclaw-team-leads', 'openclaw-users'],
    orgUnit: 'research',
    tenant: 'globex',
    part: 'another tenant, team lead',
  },
];

/** The accounts of a running provider; their groups can be changed while it runs. */
export interface Accounts {
  bySub(sub: string): DemoAccount | undefined;
  /** False for an unknown account. */
  setGroups(sub: string, groups: readonly string[]): boolean;
}

export function createAccounts(): Accounts {
  const accounts = new Map(demoAccounts.map((account) => [account.sub, account]));
  return {
    bySub: (sub) => accounts.get(sub),
    setGroups(sub, groups) {
      const account = accounts.get(sub);
      if (account === undefined) return false;
      accounts.set(sub, { ...account, groups: [...groups] });
      return true;
    },
  };
}

export function accountByLogin(email: string, password: string): DemoAccount | undefined {
  const wanted = email.trim().toLowerCase();
  return demoAccounts.find((account) => account.email === wanted && account.password === password);
}

/** The claims in tokens about a person. The gateway derives rights from `groups`, `org_unit` and `tenant`. */
export function claimsOf(account: DemoAccount) {
  return {
    sub: account.sub,
    email: account.email,
    email_verified: true,
    name: account.name,
    groups: [...account.groups],
    org_unit: account.orgUnit,
    tenant: account.tenant,
  };
}
