/** Words that are rarely used of machines: "health check" and "patient retries" don't match. */
const health =
  /\b(?:diagnosed with|medical (?:records?|histor(?:y|ies)|certificates?|leave)|patient(?:'s)? (?:records?|files?|histor(?:y|ies))|sick(?:ness)? (?:leave|notes?|certificates?)|disability (?:leave|pension)|(?:maternity|parental) leave|pregnan(?:t|cy)|miscarriage|chemotherap(?:y|ies)|psycho(?:therap(?:y|ist)|tic)|psychiatr(?:ist|y|ic)|prescri(?:bed|ption) (?:medication|drugs?|for)|hiv[- ]positive|blood (?:tests?|pressure)|mental illness)\b/i;

const pay =
  /\b(?:salar(?:y|ies)|pay ?slips?|pay ?stubs?|(?:gross|net|base|annual|monthly|hourly) (?:pay|wages?)|wages|(?:annual|performance|retention|signing) bonus(?:es)?|severance (?:pay|package|agreement)|compensation package|pay (?:rises?|raises?|grades?|bands?|cuts?))\b/i;

export function hasHealthWord(text: string): boolean {
  return health.test(text);
}

export function hasPayWord(text: string): boolean {
  return pay.test(text);
}
