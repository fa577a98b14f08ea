import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importTable, refusals, rootFiles, vendorPackages } from '../../import-table.ts';

export interface Import {
  /** From the root of the checkout, with slashes. */
  file: string;
  /** As it is written. */
  from: string;
  typeOnly: boolean;
}

const root = join(import.meta.dirname, '../..');
const statements =
  /^(?:import|export)\s(?<what>[^;'"]*?)\sfrom\s'(?<from>[^']+)'(?: with \{[^}]*\})?;|^import\s'(?<bare>[^']+)';|\bimport\('(?<called>[^']+)'\)/gm;

/** The files of every folder of the table. */
export const sourceFiles: readonly string[] = globSync(
  Object.keys(importTable).map((top) => `${top}/**/*.{ts,tsx}`),
  { cwd: root, exclude: ['web/dist/**'] },
).map((path) => path.replaceAll('\\', '/'));

export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Those of the files whose text the pattern finds, in order. */
export function filesWith(files: readonly string[], pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(textOf(file))).toSorted();
}

export function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(statements)].map(({ groups }) => ({
    file,
    from: groups?.['from'] ?? groups?.['bare'] ?? groups?.['called'] ?? '',
    typeOnly: groups?.['what']?.startsWith('type ') ?? false,
  }));
}

export function topOf(path: string): string {
  return path.split('/')[0] ?? '';
}

/** Which rule of the table an import breaks, by paths as they resolve; the lint goes by how they are written. */
export function brokenRule({ file, from, typeOnly }: Import): string | undefined {
  const top = topOf(file);
  const row = importTable[top];
  if (row === undefined) return 'no such folder';
  for (const refusal of refusals) {
    if (refusal.in.includes(top) && new RegExp(refusal.from).test(from)) return refusal.why;
  }
  if (from.startsWith('.')) {
    const to = join(dirname(file), from);
    const comesBack = from.split('/').filter((part) => part === '..').length >= file.split('/').length - 1;
    if (topOf(to) === top && !comesBack) return undefined;
    return rootFiles.includes(to) ? undefined : 'leaves its folder';
  }
  if (from.startsWith('#')) {
    const isOf = (folder: string) => from.startsWith(`#${folder}/`);
    if (isOf(top) || row.may.some(isOf)) return undefined;
    if (row.types?.some(isOf) === true) return typeOnly ? undefined : 'types only';
    return 'not in the table';
  }
  const packages = (file.endsWith('.schema.ts') ? row.schemaPackages : undefined) ?? row.packages;
  if (packages !== undefined && !packages.includes(from)) return 'no such package';
  const owner = [...vendorPackages].find(([name]) => from === name || from.startsWith(`${name}/`))?.[1];
  if (owner === undefined) return undefined;
  return [`connectors/${owner}/`, `sandbox/stand-ins/${owner}/`].some((home) => file.startsWith(home))
    ? undefined
    : 'a vendor elsewhere';
}
