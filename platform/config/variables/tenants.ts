import { z } from 'zod';
import { tenantIdPattern } from '#domain/ids.ts';
import { day, json, milliseconds, oneOf, text, variableFacts, year } from '../variable.ts';

const tenantHosts = json({})
  .pipe(z.record(z.string().regex(/^[a-z0-9.-]+$/), z.string().regex(tenantIdPattern)))
  .register(variableFacts, {
    form: 'JSON object `{<host>: <tenant id>}`, hosts in lower case, without port',
    example: '{"acme.example.com":"acme"}',
    purpose: 'Which tenant is served under which host, for TENANT_ROUTING=host',
  });

/** Tenants of the installation. */
export const tenantVariables = {
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
};
