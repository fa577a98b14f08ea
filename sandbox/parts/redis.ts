import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type SuperviseOptions, supervise } from '../supervise.ts';
import { findTool } from '../tools/find.ts';
import { redisTool } from '../tools/redis.ts';
import { writePrivate } from '../write-private.ts';
import type { ProcessPart } from './part.ts';

export interface RedisOptions extends SuperviseOptions {
  port: number;
  /** Contains its files, in `redis/`. */
  dataDir: string;
  logFile: string;
  password: string;
  env: NodeJS.ProcessEnv;
}

/** Starts a real Redis or Valkey on loopback; `undefined` if neither is on `PATH`. `url` contains the password. */
export async function startRedis(options: RedisOptions): Promise<ProcessPart | undefined> {
  const { found, failures } = await findTool(redisTool, { env: options.env, folder: options.dataDir });
  for (const failure of failures) options.say(failure);
  if (found === undefined) return undefined;
  const command = found.path;
  const folder = join(options.dataDir, 'redis');
  const settings = join(folder, 'redis.conf');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A file rather than arguments: everybody on the machine can read a process's arguments.
  writePrivate(
    settings,
    [
      'bind 127.0.0.1',
      `port ${options.port}`,
      `requirepass ${options.password}`,
      `dir "${folder}"`,
      'save 60 1',
      'appendonly no',
      'daemonize no',
      '',
    ].join('\n'),
  );
  const running = await supervise(
    {
      name: 'Redis',
      command,
      args: [settings],
      env: { PATH: options.env['PATH'] },
      logFile: options.logFile,
      ready: () => ping(options.port, options.password),
    },
    options,
  );
  return {
    name: 'Redis',
    url: `redis://:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}`,
    get pid() {
      return running.pid;
    },
    stop: running.stop,
    kill9: running.kill9,
    start: running.start,
  };
}

function ping(port: number, password: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let answer = '';
    const done = (error?: Error) => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.setTimeout(1000, () => done(new Error('no answer to PING')));
    socket.on('error', done);
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (answer.includes('+PONG')) done();
      else if (answer.includes('-')) done(new Error(answer.trim()));
    });
  });
}
