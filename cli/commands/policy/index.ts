import type { CommandGroup } from '../command-group.ts';
import { policyChangeCommands } from './changes.ts';
import { policyCreateCommand } from './create.ts';
import { policyDiffCommand } from './diff.ts';
import { policyExplainCommand } from './explain.ts';
import { policyImpactCommand } from './impact.ts';
import { policyListCommand } from './list.ts';
import { policyResolveCommand } from './resolve.ts';
import { policyReviewCommand } from './review.ts';
import { policyShowCommand } from './show.ts';

export const policyCommands: CommandGroup = {
  name: 'policy',
  about: 'what is allowed, and who decided that',
  commands: [
    policyListCommand,
    policyShowCommand,
    policyCreateCommand,
    ...policyChangeCommands,
    policyDiffCommand,
    policyImpactCommand,
    policyExplainCommand,
    policyResolveCommand,
    policyReviewCommand,
  ],
};
