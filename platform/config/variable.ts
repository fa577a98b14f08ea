import { z } from 'zod';
import { createSecret, type Secret } from './secret.ts';

/** What people need to know of one variable; used in problem reports and in docs/configuration.md. */
export interface VariableFacts {
  /** Expected form: `port number`, `PostgreSQL address`. */
  form: string;
  example: string;
  /** What it is for, one line. */
  purpose: string;
  /** Never printed; may also be given as the path of a file in `<NAME>_FILE`. */
  secret?: boolean;
  /** Other names that the documents use for it. */
  aliases?: readonly string[];
}

export const variableFacts = z.registry<VariableFacts>();

export function text(facts: VariableFacts) {
  return z.string().optional().register(variableFacts, facts);
}

export function textOr(fallback: string, facts: VariableFacts) {
  return z.string().default(fallback).register(variableFacts, facts);
}

/** JSON, to be piped into the schema of the value. */
export function json(fallback: unknown) {
  return z
    .string()
    .default(JSON.stringify(fallback))
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.issues.push({ code: 'custom', message: 'is not JSON', input: text });
        return z.NEVER;
      }
    });
}

export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number],
  facts: Omit<VariableFacts, 'form'>,
) {
  return z
    .enum(words)
    .prefault(fallback)
    .register(variableFacts, { ...facts, form: words.map((word) => `\`${word}\``).join(', ') });
}

/** A whole number within limits. */
export function number(limits: { min: number; max: number; fallback: number }, facts: VariableFacts) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(limits.min).max(limits.max))
    .prefault(String(limits.fallback))
    .register(variableFacts, facts);
}

/** Milliseconds of a day, and of the longest year. */
export const day = 86_400_000;
export const year = 366 * day;
const week = 7 * day;

/** Milliseconds, from 1 to `max` (a week unless told). */
export function milliseconds(
  fallback: number,
  facts: Omit<VariableFacts, 'form' | 'example'> & { max?: number },
) {
  const { max = week, ...rest } = facts;
  return number({ min: 1, max, fallback }, { ...rest, form: 'milliseconds', example: String(fallback) });
}

function isAddress(value: string, schemes: readonly string[]): boolean {
  const scheme = URL.parse(value)?.protocol.slice(0, -1);
  return scheme !== undefined && schemes.includes(scheme);
}

/** A web address. Trailing slashes are dropped, unless they are part of its identity. */
export function webAddress(facts: Omit<VariableFacts, 'form'>, { exact = false } = {}) {
  return z
    .string()
    .refine((value) => isAddress(value, ['http', 'https']))
    .transform((value) => (exact ? value : value.replace(/\/+$/, '')))
    .optional()
    .register(variableFacts, { ...facts, form: 'http or https address' });
}

/** An address that carries a password. */
export function secretAddress(schemes: readonly string[], facts: VariableFacts) {
  return z
    .string()
    .refine((value) => isAddress(value, schemes))
    .transform((value): Secret => createSecret(value))
    .optional()
    .register(variableFacts, { ...facts, secret: true });
}

/** `min`: characters. */
export function secretText(facts: VariableFacts, { min = 0 } = {}) {
  return z
    .string()
    .min(min)
    .transform((value): Secret => createSecret(value))
    .optional()
    .register(variableFacts, { ...facts, secret: true });
}
