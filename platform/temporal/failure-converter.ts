import { DefaultFailureConverter } from '@temporalio/common';

/** Moves message and stack of a failure into the payload that the codec encrypts. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
