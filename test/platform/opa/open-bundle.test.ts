import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseBundleKeys } from '#platform/opa/bundle/bundle-keys.ts';
import { openBundle } from '#platform/opa/bundle/open-bundle.ts';
import { readArchive } from '#platform/opa/bundle/read-archive.ts';
import { runBundle } from '#platform/opa/bundle/run-bundle.ts';
import { needing } from '../../support/needing.ts';
import { toolPath } from '../../support/tools.ts';
import {
  archive,
  type Files,
  opaBundle,
  opaBundleKeys,
  sign,
  signingKey,
  unsignedFiles,
} from './make-bundle.ts';

const own = signingKey();

/** Opens the files as one bundle, signed by the tests' own key unless they are signed already. */
async function open(files: Files, signing: { scope?: string; keyid?: string } = {}) {
  const signed = files.has('.signatures.json') ? files : await sign(files, { ...own, ...signing });
  return openBundle(await archive(signed), { keys: own.keys, tenantId: 'acme' });
}

async function changed(change: (files: Files) => void): Promise<Files> {
  const files = await unsignedFiles();
  change(files);
  return files;
}

describe('a bundle that OPA built and signed', () => {
  it('is taken, with its data and revision', async () => {
    const bundle = await openBundle(opaBundle, { keys: opaBundleKeys, tenantId: 'acme' });
    expect(JSON.parse(Buffer.from(bundle.data).toString())).toMatchObject({ z: [1000, null, true] });
    expect(bundle.revision).toBe('1');
  });

  it('is refused when its key is not configured', async () => {
    const opening = openBundle(opaBundle, { keys: own.keys, tenantId: 'acme' });
    await expect(opening).rejects.toThrow('a key that is not configured');
  });

  it('is refused when another key bears the name of its key', async () => {
    const [key] = own.keys.values();
    const keys = new Map(key === undefined ? [] : [['fixture', key] as const]);
    await expect(openBundle(opaBundle, { keys, tenantId: 'acme' })).rejects.toThrow('not valid');
  });
});

describe('a signature', () => {
  it('that covers every file as it is, is taken', async () => {
    await expect(open(await unsignedFiles())).resolves.toMatchObject({ revision: '1' });
  });

  it('has to be there', async () => {
    const files = await archive(await unsignedFiles());
    await expect(openBundle(files, { keys: own.keys, tenantId: 'acme' })).rejects.toThrow('not signed');
  });

  it.each(['policy.wasm', 'data.json', '.manifest'])('stands for %s as it was signed', async (name) => {
    const files = await sign(await unsignedFiles(), own);
    const text = files.get(name) ?? Buffer.alloc(0);
    const other = name === 'policy.wasm' ? Buffer.concat([text, Buffer.from([0])]) : { n: 1 };
    files.set(name, Buffer.isBuffer(other) ? other : Buffer.from(JSON.stringify(other)));
    await expect(open(files)).rejects.toThrow(`${name} is not the file that was signed`);
  });

  it('lets data be laid out anew, as OPA does, but not changed in a number', async () => {
    const files = await sign(await unsignedFiles(), own);
    const data = files.get('data.json')?.toString() ?? '';
    files.set('data.json', Buffer.from(data.replaceAll(',', ' ,\n')));
    await expect(open(files)).resolves.toBeDefined();
    files.set('data.json', Buffer.from(data.replace('67890', '67891')));
    await expect(open(files)).rejects.toThrow('data.json is not the file that was signed');
  });

  it.each([
    ['no JSON', '{'],
    ['nested without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('does not stand for data that is %s', async (_, text) => {
    const files = await sign(await unsignedFiles(), own);
    files.set('data.json', Buffer.from(text));
    await expect(open(files)).rejects.toThrow(
      expect.objectContaining({ name: 'BundleRefused', message: 'data.json is not JSON that can be read' }),
    );
  });

  it('covers no file more and no file less', async () => {
    const files = await sign(await unsignedFiles(), own);
    await expect(open(new Map([...files, ['more.rego', Buffer.from('package more')]]))).rejects.toThrow(
      'does not cover more.rego',
    );
    files.delete('customer/decision.rego');
    await expect(open(files)).rejects.toThrow('files that it does not hold');
  });

  it('with a scope is for that tenant alone', async () => {
    const files = await unsignedFiles();
    await expect(open(files, { scope: 'acme' })).resolves.toBeDefined();
    await expect(open(files, { scope: 'globex' })).rejects.toThrow('another scope');
  });

  it.each([
    ['not a token', 'is not a token'],
    ['no JSON', undefined],
  ])('that is %s is refused', async (_, token) => {
    const files = await unsignedFiles();
    const text = token === undefined ? '{' : JSON.stringify({ signatures: [token] });
    await expect(open(new Map([...files, ['.signatures.json', Buffer.from(text)]]))).rejects.toThrow(
      'not valid',
    );
  });

  it('with the public key as a shared secret, or with none, is refused', async () => {
    const files = await sign(await unsignedFiles(), own);
    const [token = ''] = JSON.parse(files.get('.signatures.json')?.toString() ?? '').signatures;
    const claims: Record<string, unknown> = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    const pem = own.keys.get('test')?.key.export({ type: 'spki', format: 'pem' }).toString() ?? '';
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(pem));
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    for (const one of [forged, none]) {
      files.set('.signatures.json', Buffer.from(JSON.stringify({ signatures: [one] })));
      await expect(open(files)).rejects.toThrow('not valid');
    }
  });

  it('has to be one, not several', async () => {
    const files = await sign(await unsignedFiles(), own);
    const { signatures } = JSON.parse(files.get('.signatures.json')?.toString() ?? '');
    files.set(
      '.signatures.json',
      Buffer.from(JSON.stringify({ signatures: [...signatures, ...signatures] })),
    );
    await expect(open(files)).rejects.toThrow('not valid');
  });
});

describe('what a signed bundle holds', () => {
  it('is a policy.wasm', async () => {
    await expect(open(await changed((files) => files.delete('policy.wasm')))).rejects.toThrow(
      'no policy.wasm',
    );
    const broken = await changed((files) => files.set('policy.wasm', Buffer.from('not wasm')));
    await expect(open(broken)).rejects.toThrow('no WebAssembly');
  });

  it.each([
    ['another entry point', [{ entrypoint: 'openclaw/enterprise/actions/decision', module: '/policy.wasm' }]],
    [
      'a second entry point',
      [
        { entrypoint: 'openclaw/enterprise/customer/decision', module: '/policy.wasm' },
        { entrypoint: 'openclaw/enterprise/actions/decision', module: '/policy.wasm' },
      ],
    ],
    ['none', []],
  ])('is not %s', async (_, wasm) => {
    const files = await changed((all) => all.set('.manifest', Buffer.from(JSON.stringify({ wasm }))));
    await expect(open(files)).rejects.toThrow('one entry point has to be');
  });

  it('has a manifest', async () => {
    await expect(open(await changed((files) => files.delete('.manifest')))).rejects.toThrow('manifest');
  });

  it.each(['deep/data.json', 'data.yaml', 'run.sh'])('is not %s, which nothing reads', async (name) => {
    await expect(open(await changed((files) => files.set(name, Buffer.from('{}'))))).rejects.toThrow(
      `${name}, which nothing reads`,
    );
  });
});

describe('the Rego of a signed bundle', () => {
  const source = 'customer/decision.rego';
  const withMore = (rego: string) =>
    changed((files) => files.set(source, Buffer.from(`${files.get(source)?.toString()}\n${rego}\n`)));

  it('has to be there', async () => {
    await expect(open(await changed((files) => files.delete(source)))).rejects.toThrow('it holds no Rego');
  });

  it.each([
    ['what fails', 'to_number', 'more if to_number(input.x) == 1'],
    ['division', 'div', 'more := 1 / input.x'],
    ['the rest of a division', 'rem', 'more := 5 % input.x'],
    ['a pattern', 'regex.match', 'more if regex.match(input.x, "a")'],
    ['a pattern of names', 'glob.match', 'more if glob.match(input.x, [], "a")'],
    ['what OPA formats otherwise', 'sprintf', 'more := sprintf("%v", [1])'],
    ['the clock', 'time.now_ns', 'more := time.now_ns()'],
    ['the network', 'http.send', 'more := http.send({})'],
    ['what no OPA knows', 'tomorrow.has_this', 'more := tomorrow.has_this(1)'],
  ])('is refused by name and line when it calls %s', async (_, name, rego) => {
    const lines = (await unsignedFiles()).get(source)?.toString().split('\n').length ?? 0;
    await expect(open(await withMore(rego))).rejects.toThrow(
      `it uses the built-in ${name}, which is not in customer-capabilities.json (${source}:${lines + 1})`,
    );
  });

  it('may have functions of those names', async () => {
    await expect(open(await withMore('to_number(x) := x\n\nmore := to_number(1)'))).resolves.toBeDefined();
  });
});

describe('an archive', () => {
  const opening = (bytes: Uint8Array) => openBundle(bytes, { keys: own.keys, tenantId: 'acme' });

  it('that is cut off at any place is refused', async () => {
    for (const part of [0, 1, 100, opaBundle.length >> 1, opaBundle.length - 9])
      await expect(opening(opaBundle.subarray(0, part))).rejects.toThrow(/whole/);
  });

  it('is at most 10 MB', async () => {
    await expect(opening(Buffer.alloc(10 * 1_048_576 + 1))).rejects.toThrow('larger than 10 MB');
  });

  it('does not unpack to gigabytes', async () => {
    const zeros = gzipSync(Buffer.alloc(60 * 1_048_576));
    expect(zeros.length).toBeLessThan(100_000);
    await expect(opening(zeros)).rejects.toThrow('more than 40 MB');
  });

  it('holds no endless row of files', async () => {
    const many = Array.from({ length: 502 }, (_, n) => [`${n}.rego`, Buffer.from('x')] as const);
    await expect(archive(many).then(opening)).rejects.toThrow('more than 500 files');
  });

  it('holds no links, no files twice and no paths out of it', async () => {
    const one = Buffer.alloc(0);
    const link = archive([['policy.wasm', one]], { type: 'symlink', linkname: '/etc/passwd' });
    await expect(link.then(opening)).rejects.toThrow('holds a symlink');
    const twice = archive([
      ['policy.wasm', one],
      ['./policy.wasm', one],
    ]);
    await expect(twice.then(opening)).rejects.toThrow('twice');
    for (const path of ['../policy.wasm', 'a/../../b', 'a//b', 'a\\b'])
      await expect(archive([[path, one]]).then(opening)).rejects.toThrow('odd path');
  });

  it('that is no tar is refused', async () => {
    await expect(opening(gzipSync(Buffer.from('x'.repeat(2_000))))).rejects.toThrow('whole tar');
    await expect(opening(Buffer.from('no gzip'))).rejects.toThrow('whole gzip');
  });
});

describe('the keys of bundles', () => {
  const pemOf = (type: 'private' | 'public') => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    return type === 'private'
      ? privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      : publicKey.export({ type: 'spki', format: 'pem' }).toString();
  };
  const parse = (algorithm: string, key: string) =>
    parseBundleKeys(JSON.stringify({ k: { algorithm, key } }));

  it('are public ones that fit their algorithm', () => {
    expect(parse('RS256', pemOf('public')).get('k')).toMatchObject({ algorithm: 'RS256' });
    expect(() => parse('ES256', pemOf('public'))).toThrow('does not fit ES256');
    expect(() => parse('RS256', pemOf('private'))).toThrow('is a private key');
  });

  it.each(['HS256', 'none', 'EdDSA'])('are not for %s', (algorithm) => {
    expect(() => parse(algorithm, pemOf('public'))).toThrow();
  });

  it('are at least one', () => {
    expect(() => parseBundleKeys('{}')).toThrow('no key');
  });
});

needing('opa')('with opa on PATH', () => {
  /** What OPA builds of the Rego by its own capabilities, signed with other Rego beside it. */
  async function builtOf(rego: string, shown = 'package openclaw.enterprise.customer'): Promise<Files> {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-bundle-'));
    try {
      writeFileSync(join(folder, 'a.rego'), `package openclaw.enterprise.customer\n\n${rego}\n`);
      const run = spawnSync(
        toolPath('opa'),
        ['build', '-t', 'wasm', '-e', 'openclaw/enterprise/customer/decision', '-o', 'a.tar.gz', 'a.rego'],
        { cwd: folder, encoding: 'utf8' },
      );
      expect(run.stderr).toBe('');
      const files = new Map(await readArchive(readFileSync(join(folder, 'a.tar.gz'))));
      return files.set('a.rego', Buffer.from(shown));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it.each([
    ['to_number', 'decision := {"verdict": "deny"} if to_number(input.x) == 1'],
    ['div', 'decision := {"verdict": "deny"} if 1 / input.x == 1'],
    ['regex.match', 'decision := {"verdict": "deny"} if regex.match(input.x, "a")'],
  ])('%s in its WebAssembly alone is found too', async (name, rego) => {
    await expect(builtOf(rego).then(open)).rejects.toThrow(`it uses the built-in ${name}, `);
  });

  it.each([
    ['time.now_ns', 'decision := {"verdict": "deny"} if time.now_ns() > input.x'],
    ['sprintf', 'decision := {"verdict": sprintf("%s", [input.x])}'],
    ['yaml.unmarshal', 'decision := yaml.unmarshal(input.x)'],
  ])('%s, which its WebAssembly wants of its host, is found as it is loaded', async (name, rego) => {
    const bundle = await builtOf(rego).then(open);
    await expect(runBundle(bundle)).rejects.toThrow(`it uses the built-in ${name}, `);
  });

  it.each([
    ['RS256', 'rsa'],
    ['ES384', 'ec'],
  ] as const)('what it builds and signs by %s is taken', async (algorithm, type) => {
    const folder = mkdtempSync(join(tmpdir(), 'openclaw-bundle-'));
    try {
      const pair =
        type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
          : generateKeyPairSync('ec', { namedCurve: 'P-384' });
      const sec1 = pair.privateKey.export({ type: type === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' });
      writeFileSync(join(folder, 'key.pem'), sec1);
      const output = join(folder, 'bundle.tar.gz');
      const source = fileURLToPath(new URL('./fixtures/customer', import.meta.url));
      const run = spawnSync(
        toolPath('opa'),
        [
          'build',
          '--bundle',
          '--target=wasm',
          '--entrypoint=openclaw/enterprise/customer/decision',
          `--capabilities=${fileURLToPath(new URL('../../../policies/customer-capabilities.json', import.meta.url))}`,
          `--signing-key=${join(folder, 'key.pem')}`,
          `--signing-alg=${algorithm}`,
          `--output=${output}`,
          source,
        ],
        { encoding: 'utf8' },
      );
      expect(run.stderr).toBe('');
      const key = pair.publicKey.export({ type: 'spki', format: 'pem' });
      const keys = parseBundleKeys(JSON.stringify({ default: { algorithm, key } }));
      const bundle = await openBundle(readFileSync(output), { keys, tenantId: 'acme' });
      expect(JSON.parse(Buffer.from(bundle.data).toString())).toMatchObject({ é: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
