import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

interface LoggerOptions {
  /** Least severity that is written. */
  level: string;
  /** `gateway`, `worker`: on every line. */
  name: string;
  destination?: DestinationStream;
}

/** Where secrets could come along; what matches is written as `[secret]`. */
const secretPaths = [
  'authorization',
  'cookie',
  'password',
  'token',
  'access_token',
  'refresh_token',
  'secret',
  // Of Temporal: whoever has it can say how an activity ended.
  'taskToken',
];

/** Lines of JSON on standard output. Bodies are never logged; known places of secrets are blanked out. */
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
