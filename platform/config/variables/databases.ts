import { number, secretAddress } from '../variable.ts';

const postgres = ['postgres', 'postgresql'];
const postgresForm = 'PostgreSQL address';

/** Where state is stored. */
export const databaseVariables = {
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
};
