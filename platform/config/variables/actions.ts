import { day, milliseconds, text, year } from '../variable.ts';

/** Models and outside services, and how long an action waits for them and for people. */
export const actionVariables = {
  MODELS_FILE: text({
    form: 'path of a JSON list `{id, provider, baseUrl, model, selfHosted, apiKeySecret}`',
    example: '/etc/openclaw/models.json',
    purpose: 'Language models that may be asked; unset = none',
  }),
  PLANNER_MODEL: text({
    form: 'id of a model of that list',
    example: 'local-llm-default',
    purpose: 'Model that turns requests into actions; unset = the built-in rules do',
  }),
  CLASSIFIER_MODEL: text({
    form: 'id of a model of that list',
    example: 'local-llm-default',
    purpose: 'Model that is asked, besides the patterns, how confidential data is; unset = none',
  }),
  MODEL_TIMEOUT_MS: milliseconds(20_000, {
    purpose: 'After which one call of a model is given up',
    max: 45_000,
  }),
  PROVIDER_TIMEOUT_MS: milliseconds(10_000, {
    purpose: 'After which one call to an outside service is given up',
    // Well below the minute that an activity may take: an attempt that nobody waits for any more must not still be
    // sending.
    max: 30_000,
  }),
  EFFECT_SETTLE_MS: milliseconds(30_000, {
    purpose: 'How long a write whose answer got lost may still arrive at the provider',
    max: day,
  }),
  APPROVAL_EXPIRES_MS: milliseconds(7 * day, { purpose: 'How long an approval waits', max: year }),
  RESOLUTION_EXPIRES_MS: milliseconds(30 * day, {
    purpose: 'How long an unknown outcome waits for a person',
    max: year,
  }),
};
