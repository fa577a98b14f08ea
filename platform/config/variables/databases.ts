import { number, secretAddress } from '../variable.ts';

const postgres = ['postgres', 'postgresql'];
const postgresForm = 'PostgreSQL address';

/** The processes themselves have theirs as DATABASE_URL. */
function loginAddress(name: string) {
  return secretAddress(postgres, {
    form: postgresForm,
    example: `postgresql://openclaw_${name}:…@db:5432/openclaw`,
    purpose: `The DATABASE_URL of the ${name} process, for migrations only: they make the login, with this password`,
  });
}

/** Where state is stored. */
export const databaseVariables = {
  DATABASE_URL: secretAddress(postgres, {
    form: postgresForm,
    example: 'postgresql://openclaw_gateway:…@db:5432/openclaw',
    purpose: 'Main database, login of the process',
    aliases: ['DB_CONNECTION_STRING'],
  }),
  AUDIT_DATABASE_URL: secretAddress(postgres, {
    form: postgresForm,
    example: 'postgresql://openclaw_gateway:…@db:5432/openclaw_audit',
    purpose: 'Audit database, the same login',
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
  GATEWAY_DATABASE_URL: loginAddress('gateway'),
  WORKER_DATABASE_URL: loginAddress('worker'),
  PROVISIONING_DATABASE_URL: loginAddress('provisioning'),
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
};
