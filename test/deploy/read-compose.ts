import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const root = join(import.meta.dirname, '../..');

const dependsOn = z.record(
  z.string(),
  z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
);

const service = z.strictObject({
  image: z.string(),
  build: z.literal('.').optional(),
  init: z.boolean().optional(),
  user: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  deploy: z.strictObject({ replicas: z.int() }).optional(),
  depends_on: dependsOn.default({}),
  healthcheck: z
    .strictObject({
      disable: z.boolean().optional(),
      test: z.array(z.string()).optional(),
      interval: z.string().optional(),
      timeout: z.string().optional(),
      retries: z.int().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.string(),
  stop_grace_period: z.string().optional(),
  logging: z.looseObject({ driver: z.string() }),
});

const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
});

export type Service = z.infer<typeof service>;

/** What a person must set; everything else has a default in the file. */
export const settings: Readonly<Record<string, string>> = {
  OIDC_ISSUER: 'https://login.example.com/realms/acme',
};

export const composeText = readFileSync(join(root, 'docker-compose.yml'), 'utf8');

/** docker-compose.yml with `${NAME:-default}` and `${NAME:?why}` filled in as Compose does. */
export function readCompose() {
  return composeFile.parse(parse(interpolate(composeText), { merge: true }));
}

export const all = Object.entries(readCompose().services);

export const isOurs = ({ image }: Service) => image.startsWith('openclaw-enterprise:');

export const ours = all.filter(([, service]) => isOurs(service));
export const theirs = all.filter(([, service]) => !isOurs(service));

function interpolate(text: string): string {
  return text.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const value = settings[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} has neither a default nor a value`);
    return value;
  });
}
