import type { KeysView } from '#domain/key/keys.schema.ts';
import { textTable } from './table.ts';

export function keysText(keys: KeysView, width: number | undefined): string {
  const { active_master_key: active, rewrapped, destroyed } = keys;
  const table = textTable({
    head: ['MASTER KEY', 'STATE', 'WRAPS'],
    rows: keys.master_keys.map((one) => [one.id, stateOf(one, active), String(one.wraps)]),
    width,
  });
  const gone = destroyed === 0 ? '' : ` ${destroyed} were destroyed with their tenants.`;
  return `${rewrapped} of ${keys.keys} keys lie under the active master key.${gone}\n\n${table}`;
}

function stateOf({ id, in_file, removable }: KeysView['master_keys'][number], active: string): string {
  if (id === active) return 'active';
  if (!in_file) return 'NOT in the file, but needed';
  return removable ? 'can leave the file' : 'still needed in the file';
}
