import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '#platform/config/parse-config.ts';
import { openSecrets } from '#platform/secrets/open-secrets.ts';

function readerFor(nodeEnv: string) {
  const connectorVariables = { DIARY_API_URL: z.string().optional() };
  const { config } = parseConfig({ env: { NODE_ENV: nodeEnv }, needs: [], connectorVariables });
  const secrets = openSecrets({
    config,
    env: {
      GITHUB_TOKEN: ' value ',
      EMPTY: '',
      DATABASE_URL: 'postgres://x',
      DATABASE_URL_FILE: '/x',
      DIARY_API_URL: 'http://diary',
    },
    onRotation: async () => {},
    onProblem: () => {},
  });
  return (name: string) => secrets.read('acme', name, 'access_token');
}

describe('a secret in the environment', () => {
  it.each(['development', 'test'])('is read in %s', async (nodeEnv) => {
    await expect(readerFor(nodeEnv)('env:GITHUB_TOKEN')).resolves.toBe('value');
  });

  it('is not read in production', async () => {
    await expect(readerFor('production')('env:GITHUB_TOKEN')).rejects.toMatchObject({
      code: 'CONNECTOR_UNAVAILABLE',
    });
  });

  it.each([
    'env:DATABASE_URL',
    'env:DATABASE_URL_FILE',
    'env:DIARY_API_URL',
    'env:EMPTY',
    'env:MISSING',
    'env:lower',
    'env:',
    'env:A B',
  ])('is not %s', async (name) => {
    await expect(readerFor('development')(name)).rejects.toMatchObject({ code: 'CONNECTOR_UNAVAILABLE' });
  });
});

describe('without a home for secrets', () => {
  it('none is there', async () => {
    await expect(readerFor('production')('openclaw-github-oauth')).rejects.toMatchObject({
      code: 'CONNECTOR_UNAVAILABLE',
    });
  });

  it('a Vault needs a way to log in', () => {
    expect(() => parseConfig({ env: { VAULT_ADDR: 'http://vault:8200' }, needs: [] })).toThrow(
      'VAULT_TOKEN_FILE',
    );
  });
});
