import type { ColumnType } from 'kysely';

// Types of columns that the tables have in common.

/** `timestamptz`, read as ISO 8601 in UTC with milliseconds. */
export type Timestamp = ColumnType<string, string, string>;

/** The same with a default of now. */
export type GeneratedTimestamp = ColumnType<string, string | undefined, string>;

/** `bytea`. */
export type Bytes = ColumnType<Uint8Array, Uint8Array, never>;

/** `jsonb`, written as JSON text. */
export type Json = ColumnType<unknown, string, never>;
