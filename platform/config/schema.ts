import { z } from 'zod';
import { tenantIdPattern } from '#domain/ids.ts';
import { roles, shippedGroupRoles } from '#domain/role.ts';
import {
  milliseconds,
  number,
  oneOf,
  secretAddress,
  secretText,
  text,
  textOr,
  variableFacts,
  webAddress,
} from './variable.ts';

const postgres = ['postgres', 'postgresql'];
const postgresForm = 'PostgreSQL address';
const day = 86_400_000;
const year = 366 * day;

const groupRoles = z
  .string()
  .default(JSON.stringify(shippedGroupRoles))
  .transform((json, context) => {
    try {
      return JSON.parse(json) as unknown;
    } catch {
      context.issues.push({ code: 'custom', message: 'is not JSON', input: json });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.strictObject({ group: z.string().min(1), role: z.enum(roles) })).min(1))
  .register(variableFacts, {
    form: 'JSON list of `{group, role}`, first match counts, `*` fits everybody',
    example: '[{"group":"openclaw-admins","role":"enterprise_admin"},{"group":"*","role":"user"}]',
    purpose: 'Which group of the identity provider gives which role',
  });

const tenantHosts = z
  .string()
  .default('{}')
  .transform((json, context) => {
    try {
      return JSON.parse(json) as unknown;
    } catch {
      context.issues.push({ code: 'custom', message: 'is not JSON', input: json });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().regex(/^[a-z0-9.-]+$/), z.string().regex(tenantIdPattern)))
  .register(variableFacts, {
    form: 'JSON object `{<host>: <tenant id>}`, hosts in lower case, without port',
    example: '{"acme.example.com":"acme"}',
    purpose: 'Which tenant is served under which host, for TENANT_ROUTING=host',
  });

const perMinute = (fallback: number, purpose: string) =>
  number(
    { min: 1, max: 1_000_000, fallback },
    { form: 'number of calls', example: String(fallback), purpose },
  );

/** Every environment variable of gateway, worker and migrations; `docs/configuration.md` is tested against it. */
export const environment = z
  .object({
    NODE_ENV: oneOf(['production', 'development', 'test'], 'production', {
      example: 'production',
      purpose: 'Kind of installation',
    }),
    DEPLOYMENT_MODE: oneOf(['single', 'ha'], 'single', {
      example: 'ha',
      purpose: 'One gateway, or several behind a balancer; `ha` needs REDIS_URL',
    }),
    LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', {
      example: 'info',
      purpose: 'Least severity that is logged',
    }),
    HOST: textOr('127.0.0.1', {
      form: 'address of a network interface',
      example: '0.0.0.0',
      purpose: 'Where the gateway listens',
    }),
    PORT: number(
      { min: 0, max: 65_535, fallback: 8080 },
      { form: 'port number', example: '8080', purpose: 'Port of the gateway; 0 takes any free one' },
    ),
    PUBLIC_URL: webAddress({
      example: 'https://openclaw.example.com',
      purpose: 'Address under which people reach the gateway; default `http://<HOST>:<PORT>`',
    }),
    API_BASE_PATH: z
      .string()
      .regex(/^(\/[\w-]+)+$/)
      .default('/api/v1')
      .register(variableFacts, {
        form: 'path without a slash at its end',
        example: '/api/v1',
        purpose: 'Prefix of the REST API',
      }),
    BODY_LIMIT_BYTES: number(
      { min: 1_024, max: 16_777_216, fallback: 262_144 },
      { form: 'bytes', example: '262144', purpose: 'Largest request body' },
    ),
    FIRST_ANSWER_MS: milliseconds(3_000, {
      purpose: 'How long a new request waits for its first outcome before the answer is 202',
      max: 60_000,
    }),
    SWEEP_INTERVAL_MS: milliseconds(5_000, {
      purpose: 'How often requests whose start got lost are looked for',
      max: 3_600_000,
    }),
    WORKER_HEALTH_PORT: number(
      { min: 0, max: 65_535, fallback: 0 },
      {
        form: 'port number',
        example: '8081',
        purpose: "Port of the worker's health check; 0 = none",
      },
    ),
    SHUTDOWN_GRACE_MS: milliseconds(10_000, {
      purpose: 'How long calls and activities may finish after SIGTERM',
      max: 600_000,
    }),

    DATABASE_URL: secretAddress(postgres, {
      form: postgresForm,
      example: 'postgresql://openclaw_app:…@db:5432/openclaw',
      purpose: 'Main database, runtime login',
      aliases: ['DB_CONNECTION_STRING'],
    }),
    AUDIT_DATABASE_URL: secretAddress(postgres, {
      form: postgresForm,
      example: 'postgresql://openclaw_app:…@db:5432/openclaw_audit',
      purpose: 'Audit database, runtime login',
      aliases: ['AUDIT_DB_CONNECTION_STRING'],
    }),
    DATABASE_ADMIN_URL: secretAddress(postgres, {
      form: postgresForm,
      example: 'postgresql://postgres:…@db:5432/openclaw',
      purpose: 'Main database, for migrations only',
    }),
    AUDIT_DATABASE_ADMIN_URL: secretAddress(postgres, {
      form: postgresForm,
      example: 'postgresql://postgres:…@db:5432/openclaw_audit',
      purpose: 'Audit database, for migrations only',
    }),
    DATABASE_POOL_SIZE: number(
      { min: 2, max: 200, fallback: 10 },
      {
        form: 'number of connections',
        example: '10',
        purpose: 'Most connections of a process to each database',
      },
    ),
    REDIS_URL: secretAddress(['redis', 'rediss'], {
      form: 'Redis address',
      example: 'redis://cache:6379',
      purpose: 'Cache; unset = in the process, which `ha` refuses',
      aliases: ['REDIS_CONNECTION_STRING'],
    }),

    TEMPORAL_ADDRESS: text({
      form: '`host:port`',
      example: 'temporal:7233',
      purpose: 'Frontend of the Temporal server',
    }),
    TEMPORAL_NAMESPACE: textOr('default', {
      form: 'name',
      example: 'default',
      purpose: 'Namespace of the workflows',
    }),
    TEMPORAL_TASK_QUEUE: textOr('openclaw', {
      form: 'name',
      example: 'openclaw',
      purpose: 'Task queue that gateway and workers share',
    }),
    TEMPORAL_UI_URL: webAddress({
      example: 'http://127.0.0.1:8233',
      purpose: 'Temporal UI, for links',
    }),

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
    OPA_SIDECAR_URL: webAddress({
      example: 'http://127.0.0.1:8181',
      purpose: 'OPA that evaluates our Rego; unset = in the process',
    }),
    OPA_EVALUATE_TIMEOUT_MS: milliseconds(500, {
      purpose: 'After which a question to that OPA is given up and the action denied',
      max: 5_000,
    }),
    POLICY_BUNDLES_DIR: text({
      form: 'path of a folder',
      example: '/etc/openclaw/bundles',
      purpose: "Customers' own Rego, `<tenant>/*.tar.gz`; unset = none",
    }),
    POLICY_BUNDLE_KEYS_FILE: text({
      form: 'path of a JSON file `{<key id>: {algorithm, key}}`',
      example: '/etc/openclaw/bundle-keys.json',
      purpose: 'Public keys that may sign those bundles',
    }),
    OIDC_RIGHTS_CHECK: oneOf(['userinfo', 'introspection', 'off'], 'userinfo', {
      example: 'introspection',
      purpose:
        'Where the provider is asked with an access token whether its person still has their rights; its answer must carry the claims of tenant, groups and org unit',
    }),
    OPERATOR_TENANT: text({
      form: 'tenant id',
      example: 'operations',
      purpose:
        'Tenant whose administrators may look across tenants, workflow payloads included; unset = nobody',
    }),
    TENANT_ROUTING: oneOf(['claim', 'host', 'path'], 'claim', {
      example: 'host',
      purpose:
        "What has to agree with the token's tenant: nothing, the host called (`TENANT_HOSTS`), or `/t/<tenant>` before the path",
    }),
    TENANT_HOSTS: tenantHosts,
    TENANT_DELETE_WAIT_MS: milliseconds(7 * day, {
      purpose: 'How long the deletion of a tenant waits and can be called off',
      max: year,
    }),
    RATE_LIMIT_POLICY_MUTATIONS: perMinute(
      60,
      'Changes of policies a minute, per tenant; per person for who may change only their own',
    ),
    RATE_LIMIT_AUDIT_READS: perMinute(120, 'Readings of audit a minute, per tenant'),
    RATE_LIMIT_AUDIT_EXPORTS: perMinute(10, 'Exports of audit or of personal data a minute, per tenant'),
    RATE_LIMIT_ADMIN: perMinute(60, 'Other acts of administration a minute, per tenant'),
    RATE_LIMIT_STATUS: perMinute(300, 'Calls of status and metrics a minute, per calling address'),
    RATE_LIMIT_REQUESTS: perMinute(120, 'New requests and votes a minute, per person'),
    RATE_LIMIT_READS: perMinute(1_200, 'Other calls a minute, per person'),
    RIGHTS_RECHECK_MS: milliseconds(45_000, {
      purpose: 'Age at which rights in use are asked for anew at the identity provider',
      // With the time between two looks, a withdrawn right is gone within a minute.
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

    ENCRYPTION_KEYS_FILE: text({
      form: 'path of a JSON file `{active, keys}`',
      example: '/run/secrets/payload-keys.json',
      purpose: 'Keys that encrypt contents and workflow histories',
    }),
    VOTE_SIGNING_KEY_FILE: text({
      form: 'path of a JSON file `{keyId, privateKeyPem}`',
      example: '/run/secrets/vote-signing-key.json',
      purpose: 'Key with which the gateway signs decisions; the gateway alone has it',
    }),
    VOTE_VERIFY_KEYS_FILE: text({
      form: 'path of a JSON file `{<key id>: <PEM>}`',
      example: '/run/secrets/vote-verify-keys.json',
      purpose: 'Public keys with which decisions are verified',
    }),
    AUDIT_SIGNING_KEY_FILE: text({
      form: 'path of a JSON file `{keyId, privateKeyPem}`',
      example: '/run/secrets/audit-signing-key.json',
      purpose: "Key with which the worker signs heads of the audit log's tree; the worker alone has it",
    }),
    AUDIT_PREVIOUS_SIGNING_KEY_FILE: text({
      form: 'path of a JSON file `{keyId, privateKeyPem}`',
      example: '/run/secrets/audit-signing-key-2025.json',
      purpose: 'The key before it, until it has introduced the new one',
    }),
    AUDIT_VERIFY_KEYS_FILE: text({
      form: 'path of a JSON file `{<key id>: <PEM>}`',
      example: '/run/secrets/audit-verify-keys.json',
      purpose: 'Public keys with which heads are verified, old ones too',
    }),
    AUDIT_HEADS_DIR: text({
      form: 'path of a folder',
      example: '/var/lib/openclaw/heads',
      purpose: 'Where the worker also writes every signed head, for outsiders to keep; unset = nowhere',
    }),
    AUDIT_HEADS_BUCKET_URL: webAddress({
      example: 'https://s3.eu-central-1.amazonaws.com/acme-audit-heads',
      purpose: 'S3-compatible bucket that signed heads are put in; needs AUDIT_HEADS_BUCKET_KEY_FILE',
    }),
    AUDIT_HEADS_BUCKET_KEY_FILE: text({
      form: 'path of a JSON file `{accessKeyId, secretAccessKey, region}`',
      example: '/run/secrets/audit-heads-bucket.json',
      purpose: 'Credentials of that bucket',
    }),
    AUDIT_HEADS_WEBHOOK_URL: webAddress({
      example: 'https://witness.example.com/openclaw',
      purpose: 'Where signed heads are posted as `{head, keys}`; https, or http on this machine',
    }),
    SECRETS_DIR: text({
      form: 'path of a folder',
      example: '/run/secrets/openclaw',
      purpose: 'Credentials of connectors, `<tenant>/<secret name>/<key>`',
    }),
    VAULT_ADDR: webAddress({
      example: 'https://vault.example.com:8200',
      purpose: 'Vault that holds the credentials of connectors instead of files; unset = files',
    }),
    VAULT_KV_MOUNT: textOr('secret', {
      form: 'path',
      example: 'secret',
      purpose: 'Where its KV engine, version 2, is mounted; secrets lie at `openclaw/<tenant>/<secret name>`',
    }),
    VAULT_TOKEN_FILE: text({
      form: 'path of a file',
      example: '/vault/token',
      purpose: 'Token for Vault, kept fresh by an agent',
    }),
    VAULT_KUBERNETES_ROLE: text({
      form: 'name of a role',
      example: 'openclaw-worker',
      purpose: 'Role for the Kubernetes login at Vault, instead of a token',
    }),
    VAULT_KUBERNETES_MOUNT: textOr('kubernetes', {
      form: 'path',
      example: 'kubernetes',
      purpose: 'Where that login is mounted',
    }),
    VAULT_KUBERNETES_TOKEN_FILE: textOr('/var/run/secrets/kubernetes.io/serviceaccount/token', {
      form: 'path of a file',
      example: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      purpose: 'Token of our service account for that login',
    }),
    CODEC_PATH: z
      .string()
      .regex(/^(\/[\w-]+)+$/)
      .optional()
      .register(variableFacts, {
        form: 'path without a slash at its end',
        example: '/codec/3f0c…',
        purpose: 'Where Temporal UI decodes payloads; unset = not served',
      }),
    CODEC_ORIGIN: webAddress({
      example: 'http://127.0.0.1:8233',
      purpose: 'Origin of the Temporal UI that may call it',
    }),

    GITHUB_API_URL: webAddress({
      example: 'https://github.example.com/api/v3',
      purpose: 'Root of the GitHub API; unset = github.com',
    }),
    MODELS_FILE: text({
      form: 'path of a JSON list `{id, provider, baseUrl, model, selfHosted, apiKeySecret}`',
      example: '/etc/openclaw/models.json',
      purpose: 'Language models that may be asked; unset = none',
    }),
    PLANNER_MODEL: text({
      form: 'id of a model of that list',
      example: 'local-llm-default',
      purpose: 'Model that turns requests into actions; unset = the built-in rules do',
    }),
    CLASSIFIER_MODEL: text({
      form: 'id of a model of that list',
      example: 'local-llm-default',
      purpose: 'Model that is asked, besides the patterns, how confidential data is; unset = none',
    }),
    MODEL_TIMEOUT_MS: milliseconds(20_000, {
      purpose: 'After which one call of a model is given up',
      max: 45_000,
    }),
    PROVIDER_TIMEOUT_MS: milliseconds(10_000, {
      purpose: 'After which one call to an outside service is given up',
      // Well below the minute that an activity may take: an attempt that nobody waits for any more must not be sending.
      max: 30_000,
    }),
    EFFECT_SETTLE_MS: milliseconds(30_000, {
      purpose: 'How long a write whose answer got lost may still arrive at the provider',
      max: day,
    }),
    POLICY_HOT_RELOAD_INTERVAL_MS: milliseconds(60_000, {
      purpose: 'After which policies are read again, even where nobody said that they changed',
      max: 60_000,
    }),
    APPROVAL_EXPIRES_MS: milliseconds(7 * day, { purpose: 'How long an approval waits', max: year }),
    RESOLUTION_EXPIRES_MS: milliseconds(30 * day, {
      purpose: 'How long an unknown outcome waits for a person',
      max: year,
    }),
  })
  .refine(
    (values) =>
      values.VAULT_ADDR === undefined ||
      values.VAULT_TOKEN_FILE !== undefined ||
      values.VAULT_KUBERNETES_ROLE !== undefined,
    {
      path: ['VAULT_TOKEN_FILE'],
      error: 'is needed with VAULT_ADDR, or else VAULT_KUBERNETES_ROLE',
      when: () => true,
    },
  )
  .refine(
    (values) => values.POLICY_BUNDLES_DIR === undefined || values.POLICY_BUNDLE_KEYS_FILE !== undefined,
    {
      path: ['POLICY_BUNDLE_KEYS_FILE'],
      error: 'is needed with POLICY_BUNDLES_DIR',
      when: () => true,
    },
  )
  .refine((values) => values.DEPLOYMENT_MODE !== 'ha' || values.REDIS_URL !== undefined, {
    path: ['REDIS_URL'],
    error: 'is needed when DEPLOYMENT_MODE is ha',
    // With every other problem, not only when there is none.
    when: () => true,
  });

export type VariableName = keyof typeof environment.shape;
