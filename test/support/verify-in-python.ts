import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '#transparency/finding.ts';
import { toolPath } from './tools.ts';

const verifier = fileURLToPath(new URL('../../docs/verify_audit.py', import.meta.url));

/** Runs Python with docs/verify_audit.py as `v`; what it prints. Rejects with what it says of a crash. */
export function inPython(lines: readonly string[], ...words: readonly string[]): Promise<string> {
  const program = ['import json, sys; sys.path.insert(0, sys.argv[1]); import verify_audit as v', ...lines];
  return new Promise((resolve, reject) => {
    const all = ['-c', program.join('\n'), dirname(verifier), ...words];
    execFile(toolPath('python'), all, { maxBuffer: 1e9 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}

/** What the Python verifier finds in each of these files, which it reads in one process, and the most memory that took (KiB). */
export async function verifiedInPython(
  files: readonly Uint8Array[],
  key: string,
): Promise<{ findings: Finding[][]; peakKib: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-python-'));
  try {
    const names = files.map((file, n) => {
      const name = join(folder, `${n}.json`);
      writeFileSync(name, file);
      return name;
    });
    writeFileSync(join(folder, 'names.json'), JSON.stringify(names));
    const said = await inPython(
      [
        'found = [v.verify(open(name, "rb"), [sys.argv[3]], [])[0] for name in json.load(open(sys.argv[2]))]',
        // Of this process alone, where the system says so; what getrusage says counts the parent's as well.
        'try: peak = [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")][0]',
        'except OSError: peak = 0',
        'print(json.dumps({"findings": found, "peakKib": peak}))',
      ],
      join(folder, 'names.json'),
      key,
    );
    return JSON.parse(said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
