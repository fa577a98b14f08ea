import { type Classification, raisedTo } from './classification.ts';
import { hasIban, hasNationalId, hasPaymentCard } from './classify-numbers.ts';
import { hasSecret } from './classify-secrets.ts';
import { hasHealthWord, hasPayWord } from './classify-words.ts';

/** What was found in a content, never the text itself. */
export interface ContentFinding {
  reason: 'credential' | 'payment_card' | 'national_id' | 'iban' | 'health' | 'pay' | 'too_long';
  classification: Classification;
  /** 0 to 1: checksums and token shapes are surer than words. */
  confidence: number;
}

interface Detector extends ContentFinding {
  matches(text: string): boolean;
}

const detectors: readonly Detector[] = [
  { reason: 'credential', classification: 'restricted', confidence: 0.95, matches: hasSecret },
  { reason: 'payment_card', classification: 'restricted', confidence: 0.95, matches: hasPaymentCard },
  { reason: 'national_id', classification: 'restricted', confidence: 0.9, matches: hasNationalId },
  { reason: 'iban', classification: 'confidential', confidence: 0.95, matches: hasIban },
  { reason: 'health', classification: 'confidential', confidence: 0.7, matches: hasHealthWord },
  { reason: 'pay', classification: 'confidential', confidence: 0.7, matches: hasPayWord },
];

/** Characters that are searched; that takes less than half a second whatever they are. */
const longestText = 4_000_000;
/** A content that is too long to be searched may hold anything. */
const unread: ContentFinding = { reason: 'too_long', classification: 'restricted', confidence: 0.5 };

/** Whatever in a text, or in any JSON value with texts in it, makes it more confidential. */
export function findInContent(content: unknown): readonly ContentFinding[] {
  const text = textsOf(content).join('\n');
  if (text === '') return [];
  if (text.length > longestText) return [unread];
  return detectors
    .filter(({ matches }) => matches(text))
    .map(({ reason, classification, confidence }) => ({ reason, classification, confidence }));
}

/** The label of a content that has this label already: raised by what is found in it, never lowered. */
export function raisedByContent(label: Classification, content: unknown): Classification {
  return findInContent(content).reduce((raised, found) => raisedTo(raised, found.classification), label);
}

/** Every text and number in a value, field names included: any of them may contain a secret. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [name, ...textsOf(part)]);
}
