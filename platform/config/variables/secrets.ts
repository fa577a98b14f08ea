import { text, textOr, webAddress } from '../variable.ts';

/** Where credentials of connectors are. */
export const secretVariables = {
  SECRETS_DIR: text({
    form: 'path of a folder',
    example: '/run/secrets/openclaw',
    purpose: 'Credentials of connectors, `<tenant>/<secret name>/<key>`',
  }),
  VAULT_ADDR: webAddress({
    example: 'https://vault.example.com:8200',
    purpose: 'Vault that holds the credentials of connectors instead of files; unset = files',
  }),
  VAULT_KV_MOUNT: textOr('secret', {
    form: 'path',
    example: 'secret',
    purpose: 'Where its KV engine, version 2, is mounted; secrets lie at `openclaw/<tenant>/<secret name>`',
  }),
  VAULT_TOKEN_FILE: text({
    form: 'path of a file',
    example: '/vault/token',
    purpose: 'Token for Vault, kept fresh by an agent',
  }),
  VAULT_KUBERNETES_ROLE: text({
    form: 'name of a role',
    example: 'openclaw-worker',
    purpose: 'Role for the Kubernetes login at Vault, instead of a token',
  }),
  VAULT_KUBERNETES_MOUNT: textOr('kubernetes', {
    form: 'path',
    example: 'kubernetes',
    purpose: 'Where that login is mounted',
  }),
  VAULT_KUBERNETES_TOKEN_FILE: textOr('/var/run/secrets/kubernetes.io/serviceaccount/token', {
    form: 'path of a file',
    example: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    purpose: 'Token of our service account for that login',
  }),
};
