import { Command } from 'commander';
import { postTenant } from '#domain/tenant/calls.ts';
import type { Context } from '../../context.ts';
import { tenantText } from '../../text/tenant-text.ts';

interface CreateOptions {
  name: string;
  domain: readonly string[];
  issuer?: string;
}

export function tenantCreateCommand({ connect, output }: Context): Command {
  const domains: string[] = [];
  return new Command('create')
    .description('a new tenant; it is active as soon as everything it needs is there')
    .argument('<id>', 'lower-case letters, digits, hyphens; never changes')
    .requiredOption('--name <name>', 'for people')
    .option(
      '--domain <domain>',
      'a domain of its own; may be given again',
      (one: string) => {
        domains.push(one);
        return domains;
      },
      domains,
    )
    .option('--issuer <url>', 'the only issuer whose tokens may name it')
    .action(async (id: string, { name, domain, issuer }: CreateOptions) => {
      const { call } = await connect();
      const tenant = await call(postTenant, {
        body: {
          id,
          name,
          domains: [...domain],
          oidc_issuer: issuer ?? null,
        },
      });
      output.result(tenant, () => tenantText(tenant));
    });
}
