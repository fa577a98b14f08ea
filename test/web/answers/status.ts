import { listProblems } from '#domain/status/calls.ts';
import { statusProblems } from '#domain/status/status.schema.ts';
import { answers, type Recording } from '../../support/recorded-gateway.ts';
import { type OnRecord, recordedNow } from './on-record.ts';

export function statusAnswers(record: OnRecord): Recording[] {
  return [
    answers(listProblems, () => ({
      body: statusProblems.parse({ problems: record.problems, timestamp: recordedNow }),
    })),
  ];
}
