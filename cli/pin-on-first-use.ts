import { listAuditKeys } from '#domain/audit/calls.ts';
import type { Api } from './api.ts';
import type { Context } from './context.ts';
import { keysOfGateway } from './pinned-keys.ts';

/** Stores the audit keys of a gateway if none of it are stored yet, and says so. */
export async function pinOnFirstUse(
  { pinnedKeys, output }: Pick<Context, 'pinnedKeys' | 'output'>,
  { url, call }: { url: string; call: Api['call'] },
): Promise<void> {
  if ((await pinnedKeys.of(url)) !== undefined) return;
  const keys = keysOfGateway(await call(listAuditKeys));
  if (Object.keys(keys).length === 0) return;
  await pinnedKeys.pin(url, keys);
  output.note(
    `Kept the audit keys of ${url} (${Object.keys(keys).join(', ')}) in ${pinnedKeys.path}, on first use. Compare them with your operator's.`,
  );
}
