import { CodedError } from '#domain/error.ts';
import { tenantIdPattern } from '#domain/ids.ts';

// Roles are cluster-wide, so their names begin with the prefix of the installation; schemas belong to one database and
// need none.

/** The processes that log in, each by its own login. */
export const loginKinds = ['gateway', 'worker', 'provisioning'] as const;

export type LoginKind = (typeof loginKinds)[number];

const loginPattern = /^([a-z][a-z0-9_]{0,18})_(app|gateway|worker|provisioning)$/;

/** Schema of what all tenants share: the directory of tenants, and sessions. */
export const directorySchema = 'openclaw';

/** Prefix of the installation's roles, from the login of a connection string, such as `<prefix>_gateway`. */
export function rolePrefixOf(runtimeUrl: string): string {
  return loginOf(runtimeUrl).prefix;
}

/** Whose login a connection string names; `app` is the one from before each process had its own, and may do all. */
export function loginKindOf(runtimeUrl: string): LoginKind | 'app' {
  const { kind } = loginOf(runtimeUrl);
  return loginKinds.find((one) => one === kind) ?? 'app';
}

function loginOf(runtimeUrl: string): { prefix: string; kind: string } {
  const login = decodeURIComponent(new URL(runtimeUrl).username);
  const [, prefix, kind] = loginPattern.exec(login) ?? [];
  if (prefix === undefined || kind === undefined) {
    throw new RangeError(
      `the login is called "${login}"; it has to look like openclaw_gateway, openclaw_worker, openclaw_provisioning or openclaw_app`,
    );
  }
  return { prefix, kind };
}

/** The same address for another login, with its password. */
export function addressFor(
  runtimeUrl: string,
  { username, password }: { username: string; password: string },
): string {
  const url = new URL(runtimeUrl);
  url.username = username;
  url.password = password;
  return url.href;
}

/** Every role of an installation that belongs to no tenant. */
export function roleNames(prefix: string) {
  return {
    /** The login from before each process had its own: it may take every role of theirs. */
    app: `${prefix}_app`,
    gateway: `${prefix}_gateway`,
    worker: `${prefix}_worker`,
    provisioning: `${prefix}_provisioning`,
    /** What a process may do in the schema that all tenants share. That of the gateway has its name from before. */
    directory: `${prefix}_directory`,
    workerDirectory: `${prefix}_worker_directory`,
    provisioningDirectory: `${prefix}_provisioning_directory`,
    wholeDirectory: `${prefix}_whole_directory`,
    ledgerOwner: `${prefix}_ledger_owner`,
    ledgerWriter: `${prefix}_ledger_writer`,
    ledgerReader: `${prefix}_ledger_reader`,
  } as const;
}

/** Throws `TENANT_UNKNOWN` for text that is no tenant id. */
export function tenantNames(prefix: string, tenantId: string): { role: string; schema: string } {
  if (!tenantIdPattern.test(tenantId)) throw new CodedError('TENANT_UNKNOWN');
  return { role: `${prefix}_t_${tenantId}`, schema: `tenant_${tenantId}` };
}

/** The role that a login takes in the schema that all tenants share. */
export function directoryRoleOf(runtimeUrl: string): string {
  const names = roleNames(rolePrefixOf(runtimeUrl));
  return {
    app: names.wholeDirectory,
    gateway: names.directory,
    worker: names.workerDirectory,
    provisioning: names.provisioningDirectory,
  }[loginKindOf(runtimeUrl)];
}
