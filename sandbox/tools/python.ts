import { lastLine, runProgram } from './run-program.ts';
import type { Tool } from './tool.ts';

const oldest = [3, 9] as const;

/** For the second verifier of exports, which wants nothing but Python's own library. */
export const pythonTool: Tool = {
  name: 'Python',
  variable: 'PYTHON3',
  commands: ['python3', 'python'],
  check: async (path, env) => {
    const { ok, out, err } = await runProgram([path, '--version'], { env });
    const [, version = '', major, minor] = /^Python ((\d+)\.(\d+)\S*)/.exec(out) ?? [];
    if (!ok || version === '') return { wrong: `it does not start: ${lastLine(err)}` };
    if (Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1])) {
      return { wrong: `it is Python ${version}, and ${oldest.join('.')} or later is needed` };
    }
    return { version };
  },
  ways: [],
  packages: {
    'apt-get': 'python3',
    dnf: 'python3',
    zypper: 'python3',
    apk: 'python3',
    pacman: 'python',
    brew: 'python3',
  },
  byHand: 'put python3 on PATH',
};
