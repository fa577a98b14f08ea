import type { CommandGroup } from '../command-group.ts';
import { auditExportCommand } from './export.ts';
import { auditHeadsCommand } from './heads.ts';
import { auditKeysCommand } from './keys.ts';
import { auditListCommand } from './list.ts';
import { auditProofCommand } from './proof.ts';
import { auditVerifyCommand } from './verify.ts';

export const auditCommands: CommandGroup = {
  name: 'audit',
  about: 'what happened',
  commands: [
    auditListCommand,
    auditExportCommand,
    auditVerifyCommand,
    auditHeadsCommand,
    auditProofCommand,
    auditKeysCommand,
  ],
};
