import { Command } from 'commander';
import { exportUserData } from '#domain/person/calls.ts';
import type { Context } from '../../context.ts';
import { plainJson, plainLine } from '../../terminal-text.ts';
import { writeAtomically } from '../../write-atomically.ts';

export function userDataExportCommand({ connect, output }: Context): Command {
  return new Command('export')
    .description('everything that is stored about a person, as JSON')
    .argument('<user>', 'user id (sub claim)')
    .option('--out <file>', 'into this file, readable by you alone; otherwise to standard output')
    .action(async (user: string, { out }: { out?: string }) => {
      const { open } = await connect();
      const data: unknown = await (await open(exportUserData, { params: { user_id: user } })).json();
      if (out === undefined) {
        output.result(data, () => plainJson(data));
        return;
      }
      await writeAtomically(out, `${JSON.stringify(data, null, 2)}\n`);
      output.result(
        { user_id: user, file: out },
        () => `What is stored about ${plainLine(user)} is in ${out}.`,
      );
    });
}
