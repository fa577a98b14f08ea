import { milliseconds, text, webAddress } from '../variable.ts';

/** What evaluates policy. */
export const policyVariables = {
  OPA_SIDECAR_URL: webAddress({
    example: 'http://127.0.0.1:8181',
    purpose: 'OPA that evaluates our Rego; unset = in the process',
  }),
  OPA_EVALUATE_TIMEOUT_MS: milliseconds(500, {
    purpose: 'After which a question to that OPA is given up and the action denied',
    max: 5_000,
  }),
  POLICY_BUNDLES_DIR: text({
    form: 'path of a folder',
    example: '/etc/openclaw/bundles',
    purpose: "Customers' own Rego, `<tenant>/*.tar.gz`; unset = none",
  }),
  POLICY_BUNDLE_KEYS_FILE: text({
    form: 'path of a JSON file `{<key id>: {algorithm, key}}`',
    example: '/etc/openclaw/bundle-keys.json',
    purpose: 'Public keys that may sign those bundles',
  }),
  POLICY_HOT_RELOAD_INTERVAL_MS: milliseconds(60_000, {
    purpose: 'After which policies are read again, even where nobody said that they changed',
    max: 60_000,
  }),
};
