/** A piece of Rego that is neither space nor comment. */
export interface Token {
  /** `name`: a whole reference as far as its steps are written out, `regex["match"]` as `regex.match`. */
  kind: 'name' | 'keyword' | 'literal' | 'template' | 'mark';
  text: string;
  line: number;
}

const keyword = 'and|as|default|else|every|false|if|import|in|not|null|or|package|some|true|with';
const text = String.raw`"(?:[^"\\\n]|\\.)*"|${'`[^`]*`'}`;
const word = String.raw`[A-Za-z_]\w*`;

/** In this order: the first that fits. Every character fits the last. */
const pieces = new RegExp(
  [
    String.raw`(?<space>\s+|#[^\n]*)`,
    `(?<literal>${text}|${String.raw`\d[\w.]*`})`,
    '(?<template>\\$["`])',
    String.raw`(?<keyword>(?:${keyword})\b)`,
    String.raw`(?<name>${word}(?:\s*\.\s*${word}|\s*\[\s*(?:${text})\s*\])*)`,
    '(?<mark>:=|.)',
  ].join('|'),
  'gsy',
);

/** Splits Rego into its tokens. Text that is not Rego gives tokens too. */
export function tokensOf(rego: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const { groups = {}, 0: whole } of rego.matchAll(pieces)) {
    const { name, keyword: reserved, literal, template, mark } = groups;
    if (name !== undefined) tokens.push({ kind: 'name', text: nameOf(name), line });
    else if (reserved !== undefined) tokens.push({ kind: 'keyword', text: reserved, line });
    else if (literal !== undefined) tokens.push({ kind: 'literal', text: literal, line });
    else if (template !== undefined) tokens.push({ kind: 'template', text: template, line });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, line });
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

const step = new RegExp(`${text}|${word}`, 'gs');

function nameOf(written: string): string {
  return [...written.matchAll(step)].map(([one]) => unquoted(one)).join('.');
}

function unquoted(one: string): string {
  if (one.startsWith('`')) return one.slice(1, -1);
  if (!one.startsWith('"')) return one;
  try {
    return String(JSON.parse(one));
  } catch {
    return one;
  }
}
