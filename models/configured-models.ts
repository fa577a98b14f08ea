import { readFile } from 'node:fs/promises';
import { type Models, noModels } from '#domain/model/model.ts';
import type { SecretReader } from '#platform/secrets/read-secret.ts';
import { parseModelList } from './model-list.ts';
import { openModels } from './open-models.ts';

interface ConfiguredModelsOptions {
  /** `MODELS_FILE`; `undefined` = no models. */
  file: string | undefined;
  /** Models that other settings name: each must be in the file. */
  named: Readonly<Record<string, string | undefined>>;
  readSecret: SecretReader;
  timeoutMs: number;
}

/** The models of this installation; throws one `Error` at start for a list that isn't right. */
export async function configuredModels({
  file,
  named,
  readSecret,
  timeoutMs,
}: ConfiguredModelsOptions): Promise<Models> {
  const list = file === undefined ? [] : parseModelList(await readFile(file, 'utf8'));
  for (const [variable, id] of Object.entries(named)) {
    if (id !== undefined && !list.some((model) => model.id === id)) {
      throw new Error(`${variable} names a model that MODELS_FILE doesn't have: ${id}`);
    }
  }
  return list.length === 0 ? noModels : openModels({ list, readSecret, timeoutMs });
}
