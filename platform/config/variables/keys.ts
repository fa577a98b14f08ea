import { text, webAddress } from '../variable.ts';

/** Keys that seal and sign, and where signed heads go. */
export const keyVariables = {
  ENCRYPTION_KEYS_FILE: text({
    form: 'path of a JSON file `{active, keys}`',
    example: '/run/secrets/payload-keys.json',
    purpose: 'Keys that encrypt contents and workflow histories',
  }),
  VOTE_SIGNING_KEY_FILE: text({
    form: 'path of a JSON file `{keyId, privateKeyPem}`',
    example: '/run/secrets/vote-signing-key.json',
    purpose: 'Key with which the gateway signs decisions; the gateway alone has it',
  }),
  VOTE_VERIFY_KEYS_FILE: text({
    form: 'path of a JSON file `{<key id>: <PEM>}`',
    example: '/run/secrets/vote-verify-keys.json',
    purpose: 'Public keys with which decisions are verified',
  }),
  AUDIT_SIGNING_KEY_FILE: text({
    form: 'path of a JSON file `{keyId, privateKeyPem}`',
    example: '/run/secrets/audit-signing-key.json',
    purpose: "Key with which the worker signs heads of the audit log's tree; the worker alone has it",
  }),
  AUDIT_PREVIOUS_SIGNING_KEY_FILE: text({
    form: 'path of a JSON file `{keyId, privateKeyPem}`',
    example: '/run/secrets/audit-signing-key-2025.json',
    purpose: 'The key before it, until it has introduced the new one',
  }),
  AUDIT_VERIFY_KEYS_FILE: text({
    form: 'path of a JSON file `{<key id>: <PEM>}`',
    example: '/run/secrets/audit-verify-keys.json',
    purpose: 'Public keys with which heads are verified, old ones too',
  }),
  AUDIT_HEADS_DIR: text({
    form: 'path of a folder',
    example: '/var/lib/openclaw/heads',
    purpose: 'Where the worker also writes every signed head, for outsiders to keep; unset = nowhere',
  }),
  AUDIT_HEADS_BUCKET_URL: webAddress({
    example: 'https://s3.eu-central-1.amazonaws.com/acme-audit-heads',
    purpose: 'S3-compatible bucket that signed heads are put in; needs AUDIT_HEADS_BUCKET_KEY_FILE',
  }),
  AUDIT_HEADS_BUCKET_KEY_FILE: text({
    form: 'path of a JSON file `{accessKeyId, secretAccessKey, region}`',
    example: '/run/secrets/audit-heads-bucket.json',
    purpose: 'Credentials of that bucket',
  }),
  AUDIT_HEADS_WEBHOOK_URL: webAddress({
    example: 'https://witness.example.com/openclaw',
    purpose: 'Where signed heads are posted as `{head, keys}`; https, or http on this machine',
  }),
};
