import { z } from 'zod';
import { roles, shippedGroupRoles } from '#domain/person/role.ts';
import {
  day,
  json,
  milliseconds,
  oneOf,
  secretText,
  text,
  textOr,
  variableFacts,
  webAddress,
  year,
} from '../variable.ts';

const groupRoles = json(shippedGroupRoles)
  .pipe(z.array(z.strictObject({ group: z.string().min(1), role: z.enum(roles) })).min(1))
  .register(variableFacts, {
    form: 'JSON list of `{group, role}`, first match counts, `*` fits everybody',
    example: '[{"group":"openclaw-admins","role":"enterprise_admin"},{"group":"*","role":"user"}]',
    purpose: 'Which group of the identity provider gives which role',
  });

/** The identity provider, and how long its statements count. */
export const identityVariables = {
  OIDC_ISSUER: webAddress(
    {
      example: 'https://login.example.com/realms/acme',
      purpose: 'Identity provider',
      aliases: ['OIDC_ISSUER_URL'],
    },
    { exact: true },
  ),
  OIDC_CLIENT_ID: textOr('openclaw-web', {
    form: 'client id',
    example: 'openclaw-web',
    purpose: 'Client of the web page at the identity provider',
    aliases: ['SSO_CLIENT_ID'],
  }),
  OIDC_CLIENT_SECRET: secretText({
    form: 'client secret',
    example: '…',
    purpose: 'Secret of that client; unset = public client with PKCE alone',
    aliases: ['SSO_CLIENT_SECRET'],
  }),
  OIDC_CLI_CLIENT_ID: textOr('openclaw-cli', {
    form: 'client id',
    example: 'openclaw-cli',
    purpose: 'Public client of the command line (device flow)',
  }),
  OIDC_TEMPORAL_UI_CLIENT_ID: text({
    form: 'client id',
    example: 'openclaw-temporal-ui',
    purpose:
      'Client of the Temporal UI, whose tokens count for decoding payloads (`CODEC_PATH`) and for nothing else; unset = those of the two clients above do',
  }),
  OIDC_AUDIENCE: textOr('openclaw', {
    form: 'audience',
    example: 'openclaw',
    purpose: 'Audience that access tokens must carry',
  }),
  OIDC_SCOPES: textOr('openid profile email offline_access', {
    form: 'scopes separated by spaces',
    example: 'openid profile email offline_access',
    purpose: 'What is asked of the identity provider',
  }),
  OIDC_REDIRECT_URI: webAddress({
    example: 'https://openclaw.example.com/auth/callback',
    purpose: 'Where sign-in comes back to; default `<PUBLIC_URL>/auth/callback`',
  }),
  OIDC_TENANT_CLAIM: textOr('tenant', {
    form: 'name of a claim',
    example: 'tenant',
    purpose: 'Claim that names the tenant',
  }),
  OIDC_ORG_UNIT_CLAIM: textOr('org_unit', {
    form: 'name of a claim',
    example: 'org_unit',
    purpose: 'Claim that names the org unit',
  }),
  OIDC_GROUPS_CLAIM: textOr('groups', {
    form: 'name of a claim',
    example: 'groups',
    purpose: 'Claim that lists the groups',
  }),
  OIDC_GROUP_ROLES: groupRoles,
  OIDC_RIGHTS_CHECK: oneOf(['userinfo', 'introspection', 'off'], 'userinfo', {
    example: 'introspection',
    purpose:
      'Where the provider is asked with an access token whether its person still has their rights; its answer must carry the claims of tenant, groups and org unit',
  }),
  RIGHTS_RECHECK_MS: milliseconds(45_000, {
    purpose: 'Age at which rights in use are asked for anew at the identity provider',
    // Together with the time between two looks, a withdrawn right is gone within a minute.
    max: 45_000,
  }),
  SESSION_IDLE_MS: milliseconds(3_600_000, {
    purpose: 'After which a browser session that nobody uses ends',
    max: day,
  }),
  SESSION_MAX_MS: milliseconds(12 * 3_600_000, {
    purpose: 'After which every browser session ends',
  }),
  RIGHTS_MAX_AGE_MS: milliseconds(day, {
    purpose: 'How long rights last seen count when an approved action runs',
    max: year,
  }),
};
