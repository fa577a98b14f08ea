import { expect, it } from 'vitest';
import { canonicalItemKey, itemKeyOf } from '#connectors/item-key.ts';

it('an item is one however it is written, where its source says that it knows no upper and lower case', () => {
  expect(itemKeyOf({ source: 'github', itemId: 'Acme/WebSite#7' })).toBe('github:acme/website#7');
  expect(canonicalItemKey('github:Acme/WebSite#7')).toBe('github:acme/website#7');
  expect(canonicalItemKey('drive:1AbC')).toBe('drive:1AbC');
  expect(canonicalItemKey('no key')).toBe('no key');
});
