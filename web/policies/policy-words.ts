import type { PolicyView } from '#domain/policy/change.schema.ts';
import { policyLevels } from '#domain/policy/policy.ts';
import type { GovernedDomain } from '#domain/policy/rules.ts';
import type { Tone } from '../design/badge.tsx';

type Scope = PolicyView['scope'];
type Level = Scope['level'];

const ofDomain: Record<GovernedDomain, { word: string; about: string }> = {
  actions: { word: 'Actions', about: 'How far an action may go by itself.' },
  integrations: { word: 'Data sources', about: 'Which data sources may be used, and for what.' },
  models: { word: 'Models', about: 'Which models may be called, and with which data.' },
  agent_to_agent: { word: 'Between assistants', about: 'What assistants may tell one another.' },
  features: { word: 'Features', about: 'What is switched on.' },
  data: { word: 'Data', about: 'How long data is kept, and which may leave.' },
  audit: { word: 'Audit', about: 'What is on record, and who may take it out.' },
};

const ofLevel: Record<Level, string> = {
  enterprise: 'Enterprise',
  org: 'Organisation',
  team: 'Team',
  user: 'Person',
};

const ofStatus: Record<PolicyView['status'], { word: string; tone: Tone }> = {
  draft: { word: 'Draft', tone: 'wait' },
  active: { word: 'In force', tone: 'good' },
  deprecated: { word: 'Ended', tone: 'quiet' },
};

export function domainWords(domain: GovernedDomain): { word: string; about: string } {
  return ofDomain[domain];
}

export function levelWord(level: Level): string {
  return ofLevel[level];
}

/** A level within a sentence; an unknown one stays as it is. */
export function levelInWords(level: string): string {
  const known = policyLevels.find((one) => one === level);
  return known === undefined ? level : ofLevel[known].toLowerCase();
}

export function statusWords(status: PolicyView['status']): { word: string; tone: Tone } {
  return ofStatus[status];
}

export function canaryWords({ users }: { users: number }): string {
  return users === 1 ? 'One person has it first' : `${users} people have it first`;
}

/** The status of a version, in a line. */
export function standingWords({ status, canary }: Pick<PolicyView, 'status' | 'canary'>): string {
  return canary === undefined ? ofStatus[status].word : canaryWords(canary);
}

/** `Team engineering/web`: for whom a policy holds. */
export function scopeWords({ level, org_unit: orgUnit, user_id: userId }: Scope): string {
  const of = level === 'user' ? userId : orgUnit;
  return of === null ? ofLevel[level] : `${ofLevel[level]} ${of}`;
}
