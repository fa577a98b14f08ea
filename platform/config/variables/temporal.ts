import { z } from 'zod';
import { number, text, textOr, variableFacts, webAddress } from '../variable.ts';

/** The Temporal server and its web UI. */
export const temporalVariables = {
  TEMPORAL_ADDRESS: text({
    form: '`host:port`',
    example: 'temporal:7233',
    purpose: 'Frontend of the Temporal server',
  }),
  TEMPORAL_NAMESPACE: textOr('default', {
    form: 'name',
    example: 'default',
    purpose: 'Namespace of the workflows',
  }),
  TEMPORAL_TASK_QUEUE: textOr('openclaw', {
    form: 'name',
    example: 'openclaw',
    purpose: 'Task queue that gateway and workers share',
  }),
  WORKER_ACTIVITIES: number(
    { min: 10, max: 10_000, fallback: 400 },
    {
      form: 'number of activities',
      example: '400',
      purpose:
        'Activities that a worker has under way at the same time; most of their time they wait for a provider',
    },
  ),
  TEMPORAL_UI_URL: webAddress({
    example: 'http://127.0.0.1:8233',
    purpose: 'Temporal UI, for links',
  }),
  CODEC_PATH: z
    .string()
    .regex(/^(\/[\w-]+)+$/)
    .optional()
    .register(variableFacts, {
      form: 'path without a slash at its end',
      example: '/codec/3f0c…',
      purpose: 'Where Temporal UI decodes payloads; unset = not served',
    }),
  CODEC_ORIGIN: webAddress({
    example: 'http://127.0.0.1:8233',
    purpose: 'Origin of the Temporal UI that may call it',
  }),
};
