import { describe, expect, it } from 'vitest';
import { parseIntent } from '#domain/plan/plan-intent.ts';

describe('an intent', () => {
  const say = parseIntent('tell|ask [the] {person} about {place}#{number}: {...words}');

  it('takes one of several words, and leaves out what may be left out', () => {
    const slots = { person: 'Ann', place: 'Rome', number: '3', words: 'hello' };
    expect(say.match('tell the Ann about Rome#3: hello')).toEqual(slots);
    expect(say.match('ASK Ann  about\tRome#3:hello')).toEqual(slots);
    expect(say.match('say Ann about Rome#3: hello')).toBeUndefined();
  });

  it('is about the whole text, not a part of it', () => {
    const go = parseIntent('go to {place}');
    expect(go.match('go to Rome')).toEqual({ place: 'Rome' });
    expect(go.match('go to Rome today')).toBeUndefined();
    expect(go.match('do not go to Rome')).toBeUndefined();
  });

  it('keeps the rest as it was written', () => {
    expect(say.match('tell Ann about Rome#3: It is  late.\n\n Please!')?.['words']).toBe(
      'It is  late.\n\n Please!',
    );
  });

  it('names what is missing where a sentence breaks off', () => {
    expect(say.missing('tell Ann about')).toEqual(['place', 'number', 'words']);
    expect(say.missing('tell Ann about #3: hi')).toEqual(['place']);
    expect(say.missing('tell Ann about Rome: hi')).toEqual(['number']);
    expect(say.missing('tell Ann about Rome#3:')).toEqual(['words']);
    expect(say.missing('tell')).toBeUndefined();
    expect(say.missing('tell Ann about Rome#3: hi')).toBeUndefined();
  });

  it('takes no endless word', () => {
    expect(parseIntent('go to {place}').match(`go to ${'x'.repeat(200)}`)).toBeDefined();
    expect(parseIntent('go to {place}').match(`go to ${'x'.repeat(201)}`)).toBeUndefined();
  });

  it.each(['', 'go  to', 'go {a}{b}', 'go {a} {a}', 'go (to)', 'go {A}', 'go .*'])(
    'does not take "%s" for one',
    (sentence) => {
      expect(() => parseIntent(sentence)).toThrow(SyntaxError);
    },
  );
});
