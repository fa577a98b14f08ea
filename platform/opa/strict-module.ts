/**
 * OPA compiles most built-ins into the module, as functions of its library that return nothing both where OPA knows no
 * value and where it finds an error (`lower(5)`); the rule around the call is then undefined and may not deny. In a
 * strict module such a function ends the evaluation, as OPA's `strict-builtin-errors` does.
 */
export interface StrictModule {
  module: WebAssembly.Module;
  /** Functions of OPA's library that the module holds, by their name there; what nothing calls isn't linked. */
  functions: ReadonlySet<string>;
}

/** Makes every function that `isBuiltin` names strict. Throws when the bytes are no module, or name no functions. */
export async function strictModule(
  wasm: Uint8Array,
  isBuiltin: (name: string) => boolean,
): Promise<StrictModule> {
  const given = await WebAssembly.compile(new Uint8Array(wasm));
  const imported = WebAssembly.Module.imports(given).filter(({ kind }) => kind === 'function').length;
  const names = namesOf(WebAssembly.Module.customSections(given, 'name'));
  const sections = [...sectionsOf(wasm.subarray(headerBytes))];
  const types = vectorOf(sections, sectionIds.type, readType);
  const typeOf = vectorOf(sections, sectionIds.function, (reader) => reader.number());
  const bodies = vectorOf(sections, sectionIds.code, (reader) => reader.bytes(reader.number()));
  for (const [index, name] of names) {
    const own = index - imported;
    const [type, body] = [typeOf[own], bodies[own]];
    if (!isBuiltin(name) || type === undefined || body === undefined) continue;
    const parameters = types[type];
    if (parameters === undefined) throw new RangeError(`${name} is no function with one result`);
    // The body moves to the end; whoever calls the function, by its number, meets the wrapper.
    bodies[own] = wrapperOf(imported + bodies.length, parameters);
    bodies.push(body);
    typeOf.push(type);
  }
  const changed = sections.map(({ id, content }) => {
    if (id === sectionIds.function)
      return section(id, vector(typeOf.map((type) => Uint8Array.from(number(type)))));
    if (id === sectionIds.code) return section(id, vector(bodies.map(sized)));
    return section(id, content);
  });
  const module = await WebAssembly.compile(
    new Uint8Array(Buffer.concat([wasm.subarray(0, headerBytes), ...changed])),
  );
  return { module, functions: new Set(names.values()) };
}

/** The function that ended an evaluation because it returned nothing; `undefined` for any other trouble. */
export function trappedIn(cause: unknown): string | undefined {
  if (!(cause instanceof WebAssembly.RuntimeError) || cause.message !== 'unreachable') return undefined;
  return /^\s+at (?:[\w.]+\.)?(\w+) \(wasm:/m.exec(cause.stack ?? '')?.[1];
}

const sectionIds = { type: 1, function: 3, code: 10 };
const headerBytes = 8;
const i32 = 0x7f;

/** Calls the function at `index` with its own arguments; zero as a result ends the evaluation. */
function wrapperOf(index: number, parameters: number): Uint8Array {
  const [localGet, localTee, call, isZero, ifThen, unreachable, end] = [
    0x20, 0x22, 0x10, 0x45, 0x04, 0x00, 0x0b,
  ];
  const noResult = 0x40;
  const result = number(parameters);
  const passed = Array.from({ length: parameters }, (_, n) => [localGet, ...number(n)]).flat();
  const kept = [localTee, ...result, isZero, ifThen, noResult, unreachable, end, localGet, ...result, end];
  return Uint8Array.from([1, 1, i32, ...passed, call, ...number(index), ...kept]);
}

/** How many parameters a function type has; `undefined` unless it has just one result, an i32. */
function readType(reader: Reader): number | undefined {
  reader.bytes(1);
  const parameters = reader.bytes(reader.number()).length;
  const results = reader.bytes(reader.number());
  return results.length === 1 && results[0] === i32 ? parameters : undefined;
}

interface Section {
  id: number;
  content: Uint8Array;
}

function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  const reader = readerOf(bytes);
  while (!reader.isAtEnd()) {
    const [id = 0] = reader.bytes(1);
    yield { id, content: reader.bytes(reader.number()) };
  }
}

function vectorOf<T>(sections: readonly Section[], id: number, read: (reader: Reader) => T): T[] {
  const found = sections.find((one) => one.id === id);
  if (found === undefined) throw new RangeError('the module lacks a part');
  const reader = readerOf(found.content);
  const items: T[] = [];
  // Nothing has checked the names: their count may be wrong.
  for (let left = reader.number(); left > 0 && !reader.isAtEnd(); left -= 1) items.push(read(reader));
  return items;
}

/** Names of functions by number: subsection 1 of the section `name`. */
function namesOf([names]: readonly ArrayBuffer[]): ReadonlyMap<number, string> {
  if (names === undefined) throw new RangeError('the module does not name its functions');
  const pairs = vectorOf([...sectionsOf(new Uint8Array(names))], 1, (reader) => {
    const index = reader.number();
    return [index, Buffer.from(reader.bytes(reader.number())).toString()] as const;
  });
  return new Map(pairs);
}

interface Reader {
  number(): number;
  bytes(length: number): Uint8Array;
  isAtEnd(): boolean;
}

function readerOf(bytes: Uint8Array): Reader {
  let at = 0;
  return {
    number() {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    },
    bytes(length) {
      at += length;
      return bytes.subarray(at - length, at);
    },
    isAtEnd: () => at >= bytes.length,
  };
}

/** LEB128, as WebAssembly writes unsigned numbers. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(Math.floor(value / 0x80))];
}

function vector(items: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.from(number(items.length)), ...items]);
}

function sized(content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from(number(content.length)), content]);
}

function section(id: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id), sized(content)]);
}
