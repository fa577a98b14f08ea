import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { findStandIns } from './stand-in/find.ts';
import { writePrivate } from './write-private.ts';

/** A port: its variable, and the number we would like (else any free one). */
interface PortFacts {
  variable: string;
  wish: number;
}

/** Every port of the stack: its variable, and its usual number (if that is taken, any free one). */
const stackPorts = {
  api: { variable: 'PORT', wish: 8080 },
  postgres: { variable: 'POSTGRES_PORT', wish: 54_321 },
  redis: { variable: 'REDIS_PORT', wish: 56_379 },
  temporal: { variable: 'TEMPORAL_PORT', wish: 7233 },
  temporalUi: { variable: 'TEMPORAL_UI_PORT', wish: 8233 },
  signIn: { variable: 'OIDC_PORT', wish: 9080 },
} as const satisfies Record<string, PortFacts>;

type PortName = keyof typeof stackPorts;
/** Stand-ins' ports are called as their connectors are. */
type Ports = Record<PortName, number> & Readonly<Record<string, number>>;

export interface ReservedPorts {
  ports: Ports;
  /** Of a stand-in, by the name of its connector. */
  portOf(name: string): number;
  /** Releases one port, right before the part that listens on it starts. */
  release(name: string): Promise<void>;
  releaseAll(): Promise<void>;
}

interface ReserveOptions {
  /** The file in which the choice is stored. */
  file: string;
  env: NodeJS.ProcessEnv;
  /** Called when a stored port is now taken by another process. */
  say?: (line: string) => void;
  /** `false`: don't try the usual numbers (tests). */
  wishes?: boolean;
}

/**
 * Chooses and reserves every port before the first part starts, since parts need each other's addresses: that of the
 * variable, else the stored one, else the usual one, else any free one. Throws when a port given by a variable is
 * taken.
 */
export async function reservePorts(options: ReserveOptions): Promise<ReservedPorts> {
  const remembered = readRemembered(options.file);
  const facts = await allPorts();
  const bound = new Map<string, Server[]>();
  const ports: Record<string, number> = {};
  const releaseAll = async () => {
    await Promise.all([...bound.values()].flat().map(close));
    bound.clear();
  };
  try {
    for (const [name, fact] of Object.entries(facts)) {
      const reserved = await reserve(name, fact, remembered[name], options);
      ports[name] = reserved.port;
      bound.set(name, reserved.servers);
    }
  } catch (error) {
    await releaseAll();
    throw error;
  }
  const chosen = complete(ports);
  writePrivate(options.file, `${JSON.stringify(chosen, null, 2)}\n`);
  return {
    ports: chosen,
    portOf: (name) => need(ports, name),
    release: async (name) => {
      const servers = bound.get(name) ?? [];
      bound.delete(name);
      await Promise.all(servers.map(close));
    },
    releaseAll,
  };
}

interface Bound {
  port: number;
  servers: Server[];
}

async function reserve(
  name: string,
  { variable, wish }: PortFacts,
  remembered: number | undefined,
  options: ReserveOptions,
): Promise<Bound> {
  const given = options.env[variable];
  if (given) {
    const port = Number(given);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variable} is "${given}"; it must be a port number, for example ${wish}.`);
    }
    const bound = await bind(port);
    if (bound) return bound;
    throw new Error(`${variable} asks for port ${port}, but something listens there already.`);
  }
  for (const candidate of [remembered, options.wishes === false ? undefined : wish]) {
    const bound = candidate === undefined ? undefined : await bind(candidate);
    if (bound && remembered !== undefined && bound.port !== remembered)
      say(options, name, remembered, bound.port);
    if (bound) return bound;
  }
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const bound = await bind(0);
    if (bound && remembered !== undefined) say(options, name, remembered, bound.port);
    if (bound) return bound;
  }
  throw new Error(`No free port was found for ${name}; set ${variable}.`);
}

function say(options: ReserveOptions, name: string, before: number, chosen: number): void {
  options.say?.(`port ${before} (${name}) is taken by somebody else now; using ${chosen}`);
}

/** Reserves a port on both loopback addresses: a browser may try either for `localhost`. */
async function bind(port: number): Promise<Bound | undefined> {
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

function readRemembered(file: string): Readonly<Record<string, number>> {
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

async function allPorts(): Promise<Readonly<Record<string, PortFacts>>> {
  const standIns = (await findStandIns()).map(({ connector, standIn }) => [connector.name, standIn.port]);
  return { ...Object.fromEntries(standIns), ...stackPorts };
}

function need(ports: Readonly<Record<string, number>>, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`no port was chosen for ${name}`);
  return port;
}

function complete(ports: Readonly<Record<string, number>>): Ports {
  return {
    ...ports,
    api: need(ports, 'api'),
    postgres: need(ports, 'postgres'),
    redis: need(ports, 'redis'),
    temporal: need(ports, 'temporal'),
    temporalUi: need(ports, 'temporalUi'),
    signIn: need(ports, 'signIn'),
  };
}
