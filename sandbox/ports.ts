import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { writePrivate } from './write-private.ts';

/** Every port of the stack: its variable, and the number we would like (else any free one). */
const stackPorts = {
  api: { variable: 'PORT', wish: 8080 },
  postgres: { variable: 'POSTGRES_PORT', wish: 54_321 },
  redis: { variable: 'REDIS_PORT', wish: 56_379 },
  temporal: { variable: 'TEMPORAL_PORT', wish: 7233 },
  temporalUi: { variable: 'TEMPORAL_UI_PORT', wish: 8233 },
  signIn: { variable: 'OIDC_PORT', wish: 9080 },
  github: { variable: 'GITHUB_PORT', wish: 9180 },
} as const;

type PortName = keyof typeof stackPorts;
type Ports = Record<PortName, number>;

export interface ReservedPorts {
  ports: Ports;
  /** Lets go of one port, right before the part that listens on it starts. */
  release(name: PortName): Promise<void>;
  releaseAll(): Promise<void>;
}

interface ReserveOptions {
  /** Where the choice is remembered. */
  file: string;
  env: NodeJS.ProcessEnv;
  /** Told when a remembered port is taken by somebody else now. */
  say?: (line: string) => void;
  /** `false`: don't try the well-known numbers (tests). */
  wishes?: boolean;
}

/**
 * Chooses and holds every port before the first part starts, since parts name each other's addresses:
 * the variable's, else the remembered one, else the usual one, else any free one.
 * Throws when a port that a variable names is taken.
 */
export async function reservePorts(options: ReserveOptions): Promise<ReservedPorts> {
  const remembered = readRemembered(options.file);
  const held = new Map<PortName, Server[]>();
  const ports: Partial<Ports> = {};
  const releaseAll = async () => {
    await Promise.all([...held.values()].flat().map(close));
    held.clear();
  };
  try {
    for (const name of portNames()) {
      const reserved = await reserve(name, remembered[name], options);
      ports[name] = reserved.port;
      held.set(name, reserved.servers);
    }
  } catch (error) {
    await releaseAll();
    throw error;
  }
  const chosen = complete(ports);
  writePrivate(options.file, `${JSON.stringify(chosen, null, 2)}\n`);
  return {
    ports: chosen,
    release: async (name) => {
      const servers = held.get(name) ?? [];
      held.delete(name);
      await Promise.all(servers.map(close));
    },
    releaseAll,
  };
}

interface Held {
  port: number;
  servers: Server[];
}

async function reserve(
  name: PortName,
  remembered: number | undefined,
  options: ReserveOptions,
): Promise<Held> {
  const { variable, wish } = stackPorts[name];
  const given = options.env[variable];
  if (given) {
    const port = Number(given);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variable} is "${given}"; it must be a port number, for example ${wish}.`);
    }
    const held = await hold(port);
    if (held) return held;
    throw new Error(`${variable} asks for port ${port}, but something listens there already.`);
  }
  for (const candidate of [remembered, options.wishes === false ? undefined : wish]) {
    const held = candidate === undefined ? undefined : await hold(candidate);
    if (held && remembered !== undefined && held.port !== remembered)
      say(options, name, remembered, held.port);
    if (held) return held;
  }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const held = await hold(0);
    if (held && remembered !== undefined) say(options, name, remembered, held.port);
    if (held) return held;
  }
  throw new Error(`No free port was found for ${name}; set ${variable}.`);
}

function say(options: ReserveOptions, name: PortName, before: number, now: number): void {
  options.say?.(`port ${before} (${name}) is taken by somebody else now; using ${now}`);
}

/** Both loopback addresses: a browser that is told `localhost` may try either. */
async function hold(port: number): Promise<Held | undefined> {
  const first = await listen(port, '127.0.0.1');
  if (typeof first === 'string') return undefined;
  const address = first.address();
  const chosen = typeof address === 'object' && address ? address.port : port;
  const second = await listen(chosen, '::1');
  if (second === 'taken') {
    await close(first);
    return undefined;
  }
  return { port: chosen, servers: typeof second === 'string' ? [first] : [first, second] };
}

function listen(port: number, host: string): Promise<Server | 'taken' | 'impossible'> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' || error.code === 'EACCES' ? 'taken' : 'impossible'),
    );
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function readRemembered(file: string): Partial<Ports> {
  if (!existsSync(file)) return {};
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null) return {};
    const numbers = Object.entries(read).filter(
      ([, port]) => Number.isInteger(port) && port > 0 && port < 65_536,
    );
    return Object.fromEntries(numbers);
  } catch {
    return {};
  }
}

function portNames(): PortName[] {
  return Object.keys(stackPorts).filter((name): name is PortName => name in stackPorts);
}

function complete(ports: Partial<Ports>): Ports {
  const need = (name: PortName) => {
    const port = ports[name];
    if (port === undefined) throw new Error(`no port was chosen for ${name}`);
    return port;
  };
  return {
    api: need('api'),
    postgres: need('postgres'),
    redis: need('redis'),
    temporal: need('temporal'),
    temporalUi: need('temporalUi'),
    signIn: need('signIn'),
    github: need('github'),
  };
}
