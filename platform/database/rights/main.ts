import type { Right } from './right.ts';

/** Of the whole server: who may log in, and whose role they may take. None inherits anything. */
export const serverRights: readonly Right[] = [
  { to: 'app', may: 'LOGIN', on: ['the server'], why: 'gateway, worker and provisioning log in with it' },
  { to: 'app', may: 'SET ROLE', on: ['role directory'], why: 'what all tenants share' },
  { to: 'app', may: 'SET ROLE', on: ['role tenant'], why: 'one tenant per transaction' },
];

/** The main database, schema `openclaw`: what all tenants share. */
export const mainRights: readonly Right[] = [
  { to: 'app', may: 'CONNECT', on: ['the database'], why: 'to log in' },
  { to: 'directory', may: 'USAGE', on: ['schema openclaw'], why: 'to reach what follows' },
  {
    to: 'directory',
    may: 'SELECT',
    on: ['tenants', 'tenant_suspensions'],
    why: 'whom to serve, and when not',
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
  {
    to: 'directory',
    may: 'EXECUTE',
    on: [
      'open_tenant(text)',
      'begin_destroying(text)',
      'close_tenant(text)',
      'set_deletion_wait(bigint)',
      'destroy_data_keys(text)',
    ],
    why: 'tenants are made and ended; each looks whether that is due',
  },
  {
    to: 'directory',
    may: 'UPDATE',
    on: ['tenants (name, domains, oidc_issuer)'],
    why: 'operators change what is known of a tenant',
  },
  { to: 'directory', may: 'SELECT', on: ['data_keys'], why: 'to open what a tenant keeps' },
  {
    to: 'directory',
    may: 'EXECUTE',
    on: ['add_data_key(text,text,bytea,text)'],
    why: 'the first key of a tenant',
  },
  {
    to: 'directory',
    may: 'EXECUTE',
    on: [
      'keep_master_key(text,bytea,text)',
      'rewrap_data_key(text,bytea,bytea,text)',
      'confirm_data_key(text,bytea)',
      'restore_data_key(text)',
    ],
    why: 'a new master key; the former form stays until the new one is seen to open',
  },
  { to: 'directory', may: 'SELECT', on: ['sessions'], why: 'who is signed in' },
  { to: 'directory', may: 'INSERT', on: ['sessions'], why: 'signing in' },
  {
    to: 'directory',
    may: 'UPDATE',
    on: ['sessions (sealed, seen_at, expires_at, ended_at)'],
    why: 'using, renewing and ending sessions',
  },
  { to: 'directory', may: 'DELETE', on: ['sessions'], why: 'expired ones, and those whose cookie is turned' },
  {
    to: 'directory',
    may: 'SELECT',
    on: ['logout_tokens', 'ended_sign_ins'],
    why: 'none counts twice; tokens of an ended sign-in do not count',
  },
  { to: 'directory', may: 'INSERT', on: ['logout_tokens', 'ended_sign_ins'], why: 'back-channel logout' },
  { to: 'directory', may: 'DELETE', on: ['logout_tokens', 'ended_sign_ins'], why: 'expired ones' },
  { to: 'directory', may: 'SELECT', on: ['head_publications'], why: 'how far heads got, for the status too' },
  { to: 'directory', may: 'INSERT', on: ['head_publications'], why: 'a place that is new' },
  {
    to: 'directory',
    may: 'UPDATE',
    on: ['head_publications (head_n, head_at, since, wanted_at)'],
    why: 'a head got there',
  },
];
