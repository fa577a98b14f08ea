import { z } from 'zod';
import { milliseconds, number, oneOf, secretText, textOr, variableFacts, webAddress } from '../variable.ts';

/** The process itself, and where it listens. */
export const processVariables = {
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
  METRICS_TOKEN: secretText(
    {
      form: 'text of at least 32 characters',
      example: '<openssl rand -hex 32>',
      purpose: 'Bearer token with which Prometheus reads /metrics; unset = administrators alone read it',
    },
    { min: 32 },
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
};
