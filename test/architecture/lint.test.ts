import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importTable, vendorPackages } from '../../import-table.ts';
import { brokenRule, importsOf, sourceFiles } from '../support/imports.ts';

const checkout = join(import.meta.dirname, '../..');
const tops = Object.keys(importTable);

/** A file of imports alone, one of its lines, and whether the table lets it stand. */
interface Case {
  file: string;
  line: string;
  stands: boolean;
}

interface Diagnostic {
  code: string;
  filename: string;
  labels: { span: { line: number } }[];
}

let names = 0;
const newName = () => `x${(names += 1)}`;
const value = (from: string) => `import { ${newName()} } from '${from}';`;
const type = (from: string) => `import type { ${newName()} } from '${from}';`;

const at = (folder: string, line: string, stands: boolean, ending = 'ts'): Case => ({
  file: `${folder}/cases.${ending}`,
  line,
  stands,
});

const acrossFolders = tops.flatMap((top) =>
  [...tops, 'test'].flatMap((to) => {
    const row = importTable[top] ?? { may: [] };
    const stands = to === top || row.may.includes(to);
    return [
      at(top, value(`#${to}/noun.ts`), stands),
      at(`${top}/noun/part`, value(`#${to}/noun.ts`), stands),
      at(top, type(`#${to}/noun.ts`), stands || row.types?.includes(to) === true),
      at(top, `export * from '#${to}/noun.ts';`, stands),
      at(top, `import '#${to}/noun.ts';`, stands),
      at(top, `export const ${newName()} = import('#${to}/noun.ts');`, stands),
    ];
  }),
);

const relative = tops.flatMap((top) => [
  at(top, value('./noun.ts'), true),
  at(top, value('./noun/part.ts'), true),
  at(top, value('../domain/noun.ts'), false),
  at(`${top}/noun`, value('../policies/noun.ts'), true),
  at(`${top}/noun`, value('../models/noun.ts'), true),
  at(`${top}/noun`, value('../../policies/noun.ts'), false),
  at(`${top}/noun`, value('../../package.json'), true),
  at(`${top}/noun`, value('../../tsconfig.json'), false),
  at(`${top}/noun/part`, value('../../connectors/noun.ts'), true),
  at(`${top}/noun/part`, value('../../../connectors/noun.ts'), false),
  at(`${top}/a/b/c/d/e/f`, value('../../../../../../noun.ts'), true),
  at(`${top}/a/b/c/d/e/f`, value('../../../../../../../noun.ts'), false),
  at(`${top}/noun`, value('./../noun.ts'), false),
  at(`${top}/noun`, value('../noun/../../domain/noun.ts'), false),
  at(top, value(`#${top}/../domain/noun.ts`), false),
  at(`${top}/noun`, value('../../domain/noun.ts'), false, 'tsx'),
]);

const packages = [
  at('domain', value('zod'), false),
  at('domain/noun', value('zod'), false),
  at('domain/noun', value('zod'), true, 'schema.ts'),
  at('domain/noun', value('zod/v4'), false, 'schema.ts'),
  at('domain/noun', value('node:fs/promises'), false, 'schema.ts'),
  at('domain/noun', value('#platform/noun.ts'), false, 'schema.ts'),
  at('domain/noun', value('../../platform/noun.ts'), false, 'schema.ts'),
  at('domain/noun', value('node:crypto'), false),
  at('domain/noun', value('crypto'), false),
  at('domain/noun', value('@temporalio/common'), false),
  at('domain/noun', value('ulid'), false),
  at('workflows', value('@temporalio/workflow'), true),
  at('workflows', value('@temporalio/common'), true),
  at('workflows', value('@temporalio/commonplace'), false),
  at('workflows', value('@temporalio/client'), false),
  at('workflows', value('zod'), false),
  at('workflows', value('zod'), false, 'schema.ts'),
  at('workflows/messages', value('node:crypto'), false),
  at('workflows', value('#domain/noun/noun.schema.ts'), false),
  at('workflows', type('#domain/noun/noun.schema.ts'), false),
  at('cli', value('@temporalio/client'), false),
  at('web/noun', value('@temporalio/client'), false),
  at('platform', value('@temporalio/client'), true),
  at('cli', value('zod'), true),
];

const partsOfFolders = ['gateway', 'activities', 'workers', 'governance'].flatMap((top) => {
  const row = importTable[top] ?? { may: [] };
  const whole = row.may.includes('workflows');
  const messages = whole || row.may.includes('workflows/messages');
  return [
    at(top, value('#workflows/messages.ts'), whole),
    at(top, value('#workflows/messages/noun.ts'), messages),
    at(`${top}/noun`, value('#workflows/messages/noun.ts'), messages),
    at(top, value('#workflows/request.ts'), whole),
    at(top, type('#workflows/request.ts'), whole),
    at(top, value('#workflows/messages-of-mine.ts'), whole),
    at(top, value('#workflows/message.ts'), whole),
    at(top, value('#connectors/registry.ts'), row.may.includes('connectors')),
  ];
});

const connectors = [
  ...tops.map((top) => at(top, value('#connectors/github/connector.ts'), top === 'connectors')),
  ...tops.map((top) => at(`${top}/noun`, type('#connectors/github/connector.ts'), top === 'connectors')),
];

const [vendor = '', owner = ''] = [...vendorPackages].find(([, name]) => name === 'github') ?? [];
const vendors = [
  ...tops.map((top) => at(top, value(vendor), false)),
  ...tops.map((top) => at(`${top}/another`, value(`${vendor}/part`), false)),
  at(`connectors/${owner}`, value(vendor), true),
  at(`connectors/${owner}/actions`, value(vendor), true),
  at(`sandbox/stand-ins/${owner}`, value(vendor), true),
  at(`sandbox/${owner}`, value('#gateway/noun.ts'), false),
  at(`connectors/${owner}/actions`, value('../../../domain/noun.ts'), false),
  at(`gateway/${owner}`, value(vendor), false),
];

const groups: [string, Case[]][] = [
  ['between folders', acrossFolders],
  ['of relative paths', relative],
  ['of packages', packages],
  ['of parts of folders', partsOfFolders],
  ['of connectors', connectors],
  ['of vendors', vendors],
];

let folder: string;
/** What the lint refused. */
let refused: Set<string>;

const named = ({ file, line }: Case) => `${file}: ${line}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-lint-'));
  const files = Map.groupBy(
    groups.flatMap(([, cases]) => cases),
    ({ file }) => file,
  );
  for (const [file, cases] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), cases.map(({ line }) => line).join('\n'));
  }
  const config = join(checkout, 'oxlint.config.ts');
  writeFileSync(join(folder, 'oxlint.config.ts'), `export { default } from ${JSON.stringify(config)};\n`);
  const said = await new Promise<string>((resolve) => {
    const program = join(checkout, 'node_modules/oxlint/bin/oxlint');
    const options = { cwd: folder, maxBuffer: 100_000_000 };
    execFile(process.execPath, [program, '-f', 'json'], options, (_, out, err) => resolve(out || err));
  });
  const { diagnostics } = JSON.parse(said) as { diagnostics: Diagnostic[] };
  refused = new Set(
    diagnostics
      .filter(({ code }) => code === 'eslint(no-restricted-imports)')
      .map(({ filename, labels: [label] }) => {
        const file = filename.replaceAll('\\', '/');
        const line = files.get(file)?.[(label?.span.line ?? 0) - 1];
        return line === undefined ? filename : named(line);
      }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import table', () => {
  it.each(groups)('refuses by lint what breaks a rule %s, and nothing else', (_, cases) => {
    expect(cases.filter(({ stands }) => !stands).length).toBeGreaterThan(3);
    expect(cases.filter((one) => refused.has(named(one))).map(named)).toEqual(
      cases.filter(({ stands }) => !stands).map(named),
    );
  });

  it.each(groups)('refuses by the test of imports what breaks a rule %s, and nothing else', (_, cases) => {
    const broken = cases.filter(({ file, line }) => {
      const lines = importsOf(file, `${line}\n`);
      expect(lines).toHaveLength(1);
      return lines.some((one) => brokenRule(one) !== undefined);
    });
    expect(broken.map(named)).toEqual(cases.filter(({ stands }) => !stands).map(named));
  });

  it('is for no file deeper than the lint counts', () => {
    expect(sourceFiles.filter((file) => file.split('/').length > 8)).toEqual([]);
  });
});
