import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

interface LoggerOptions {
  /** Least severity that is written. */
  level: string;
  /** `gateway`, `worker`: on every line. */
  name: string;
  destination?: DestinationStream;
}

/** Fields that could contain secrets; their values are written as `[secret]`. */
const secretPaths = [
  'authorization',
  'cookie',
  'password',
  'token',
  'access_token',
  'refresh_token',
  'secret',
  // From Temporal: its holder can say how an activity ended.
  'taskToken',
];

/**
 * Logs lines of JSON to standard output. Bodies are never logged; fields that could contain secrets are blanked out.
 */
export function createLogger({ level, name, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { process: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [...secretPaths.flatMap((path) => [path, `*.${path}`, `*.*.${path}`]), '*["set-cookie"]'],
      censor: '[secret]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
