import type { Right } from './right.ts';

const processes = 'gateway, worker, provisioning, app';
const directories = 'directory, worker_directory, provisioning_directory';

/**
 * Of the whole server: who may log in, and whose role they may take. `app` is the login from before each process had its
 * own; a new installation never gives it a password.
 */
export const serverRights: readonly Right[] = [
  { to: processes, may: 'LOGIN', on: ['the server'], why: 'each process logs in as itself' },
  { to: processes, may: 'SET ROLE', on: ['role tenant'], why: 'one tenant per transaction' },
  { to: 'gateway', may: 'SET ROLE', on: ['role directory'], why: 'its part of what all tenants share' },
  { to: 'worker', may: 'SET ROLE', on: ['role worker_directory'], why: 'its part of it' },
  { to: 'provisioning', may: 'SET ROLE', on: ['role provisioning_directory'], why: 'its part of it' },
  {
    to: 'app',
    may: 'SET ROLE',
    on: ['role whole_directory'],
    why: 'an installation whose processes share a login',
  },
  {
    to: 'app',
    may: 'SET ROLE',
    on: ['role directory'],
    why: 'processes of the release before, in an upgrade',
  },
  {
    to: 'whole_directory',
    may: 'INHERIT',
    on: ['role directory', 'role worker_directory', 'role provisioning_directory'],
    why: 'it is the three together',
  },
];

/**
 * The main database, schema `openclaw`: what all tenants share. `directory` is the gateway's role, by its name from when
 * there was one.
 */
export const mainRights: readonly Right[] = [
  { to: processes, may: 'CONNECT', on: ['the database'], why: 'to log in' },
  {
    to: `${directories}, whole_directory`,
    may: 'USAGE',
    on: ['schema openclaw'],
    why: 'to reach what follows',
  },
  {
    to: directories,
    may: 'SELECT',
    on: ['tenants', 'tenant_suspensions'],
    why: 'whom to serve, and when not',
  },
  { to: directories, may: 'SELECT', on: ['data_keys'], why: 'to open what a tenant keeps' },
  { to: directories, may: 'SELECT', on: ['payload_binding'], why: 'which payloads may lack a place' },
  { to: 'directory', may: 'SELECT', on: ['upkeep'], why: 'what is overdue, for the status' },
  {
    to: 'worker_directory',
    may: 'EXECUTE',
    on: ['upkeep_wanted(text)'],
    why: 'it looks after the recurring work',
  },
  {
    to: 'worker_directory, provisioning_directory',
    may: 'EXECUTE',
    on: ['upkeep_done(text)'],
    why: 'a run went through',
  },

  {
    to: 'directory',
    may: 'UPDATE',
    on: ['tenants (name, domains, oidc_issuer)'],
    why: 'operators change what is known of a tenant',
  },
  {
    to: 'directory',
    may: 'EXECUTE',
    on: [
      'add_tenant(text,text,jsonb,text)',
      'move_tenant(text,text[],text)',
      'ask_tenant_deletion(text,text[],bigint)',
    ],
    why: 'operators ask for tenants, suspend, restore and delete them; the database says when a deletion is due',
  },
  { to: 'directory', may: 'SELECT', on: ['sessions'], why: 'who is signed in' },
  { to: 'directory', may: 'INSERT', on: ['sessions'], why: 'signing in' },
  {
    to: 'directory',
    may: 'UPDATE',
    on: ['sessions (sealed, seen_at, expires_at, ended_at)'],
    why: 'using, renewing and ending sessions',
  },
  {
    to: 'directory',
    may: 'DELETE',
    on: ['sessions'],
    why: 'the row of a cookie that is turned is written anew',
  },
  {
    to: 'directory',
    may: 'SELECT',
    on: ['logout_tokens', 'ended_sign_ins'],
    why: 'none counts twice; tokens of an ended sign-in do not count',
  },
  { to: 'directory', may: 'INSERT', on: ['logout_tokens', 'ended_sign_ins'], why: 'back-channel logout' },
  {
    to: 'directory',
    may: 'DELETE',
    on: ['logout_tokens', 'ended_sign_ins'],
    why: 'of the release before: expired ones',
  },
  { to: 'directory', may: 'SELECT', on: ['head_publications'], why: 'how far heads got, for the status' },

  {
    to: 'worker_directory',
    may: 'SELECT',
    on: [
      'sessions (kind, expires_at, ended_at)',
      'logout_tokens (expires_at)',
      'ended_sign_ins (expires_at)',
    ],
    why: 'what has expired',
  },
  {
    to: 'worker_directory',
    may: 'DELETE',
    on: ['sessions', 'logout_tokens', 'ended_sign_ins'],
    why: 'what has expired, once a day',
  },
  { to: 'worker_directory', may: 'SELECT', on: ['head_publications'], why: 'which head is due where' },
  { to: 'worker_directory', may: 'INSERT', on: ['head_publications'], why: 'a place that is new' },
  {
    to: 'worker_directory',
    may: 'UPDATE',
    on: ['head_publications (head_n, head_at, since, wanted_at)'],
    why: 'a head got there',
  },

  {
    to: 'provisioning_directory',
    may: 'EXECUTE',
    on: ['open_tenant(text)', 'begin_destroying(text)', 'close_tenant(text)', 'destroy_data_keys(text)'],
    why: 'tenants are made and ended; each looks whether that is due',
  },
  {
    to: 'provisioning_directory',
    may: 'EXECUTE',
    on: ['set_deletion_wait(bigint)'],
    why: 'how long deletions wait that are asked for from now on',
  },
  {
    to: 'provisioning_directory',
    may: 'EXECUTE',
    on: ['add_data_key(text,text,bytea,text)'],
    why: 'the first key of a tenant',
  },
  {
    to: 'provisioning_directory',
    may: 'EXECUTE',
    on: [
      'keep_master_key(text,bytea,text)',
      'rewrap_data_key(text,bytea,bytea,text)',
      'confirm_data_key(text,bytea)',
      'restore_data_key(text)',
    ],
    why: 'a new master key; the former form stays until the new one is seen to open',
  },
];
