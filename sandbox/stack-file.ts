import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout } from './checkout.ts';
import { chooseDataDir, databaseUserOf } from './data-dir.ts';
import { isStill } from './process-identity.ts';
import { writePrivate } from './write-private.ts';

const stackSchema = z.object({
  /** Id of the `npm start` process itself. */
  pid: z.number().int(),
  identity: z.string(),
  dataDir: z.string(),
  logs: z.string(),
  api: z.string(),
  temporal: z.object({
    address: z.string(),
    namespace: z.string(),
    taskQueue: z.string(),
    ui: z.string().optional(),
  }),
  signIn: z.object({ issuer: z.string(), cliClientId: z.string() }),
  databases: z.object({
    databaseUrl: z.string(),
    auditDatabaseUrl: z.string(),
    databaseAdminUrl: z.string(),
    auditDatabaseAdminUrl: z.string(),
  }),
  redisUrl: z.string().optional(),
  /** Where each connector's provider is; one with an `adminUrl` is a stand-in. */
  providers: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      variable: z.string(),
      url: z.string(),
      adminUrl: z.string().optional(),
    }),
  ),
  /** Every part with a process of its own. */
  processes: z.array(z.object({ name: z.string(), pid: z.number().int() })),
  accounts: z.array(
    z.object({ email: z.string(), password: z.string(), tenant: z.string(), part: z.string() }),
  ),
});

/** What a running local stack tells the demo, the tests and the command line. */
export type Stack = z.infer<typeof stackSchema>;

function stackFile(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

export function writeStack(stack: Stack): void {
  writePrivate(stackFile(stack.dataDir), `${JSON.stringify(stack, null, 2)}\n`);
}

export function removeStack(dataDir: string): void {
  rmSync(stackFile(dataDir), { force: true });
}

/** The stack that uses this data folder (default: this checkout's), or `undefined` if none does. */
export function findStack(dataDir: string = defaultDataDir()): Stack | undefined {
  const file = stackFile(dataDir);
  if (!existsSync(file)) return undefined;
  const stack = stackSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return isStill(stack.pid, stack.identity) ? stack : undefined;
}

/** Where `npm start` of this checkout stores its data. */
function defaultDataDir(): string {
  return chooseDataDir({ env: process.env, checkout, home: homedir(), databaseUser: databaseUserOf() });
}
