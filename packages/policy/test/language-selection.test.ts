import { expect, test } from 'vitest';
import {
  IncomingFields,
  isInPreferredLanguage,
  languageKeyOf,
  variantKeyOf,
} from '../src/index.ts';
import { languageKeyOfStored } from '../src/language-selection.ts';
import { StoredFields } from '../src/headers.ts';

const RULE = { id: 'vary:a,accept-language', names: ['a', 'accept-language'] };

function stored(rule: typeof RULE, request: readonly string[], response: readonly string[]) {
  return {
    rule,
    variantKey: variantKeyOf(rule, new IncomingFields(request)),
    fields: StoredFields.fromLines(response),
  };
}

test('a key has the language in place of the field, and is no variant key', () => {
  const request = new IncomingFields(['A', '1', 'Accept-Language', 'DE, en;q=0.5']);
  expect(languageKeyOf(RULE, request)).toBe('a=1\naccept-language:de\n');
  expect(variantKeyOf(RULE, request)).toBe('a=1\naccept-language=de,en;q=0.5\n');
});

test.each([
  [[], null],
  [['Accept-Language', ''], null],
  [['Accept-Language', 'de'], 'a\naccept-language:de\n'],
  [['Accept-Language', 'de;q=0.001'], 'a\naccept-language:de\n'],
  [['Accept-Language', 'en;q=0.4', 'Accept-Language', 'de;q=0.5'], 'a\naccept-language:de\n'],
  [['Accept-Language', 'en;q=0.5, fr;q=0.5, de'], 'a\naccept-language:de\n'],
  [['Accept-Language', 'de, en;q=0.5, fr;q=0.5'], 'a\naccept-language:de\n'],
  [['Accept-Language', 'de;q=0.5, en;q=0.5, fr;q=0.4'], null],
  [['Accept-Language', 'de;q=0'], null],
  [['Accept-Language', '*'], null],
  [['Accept-Language', 'de, DE'], null],
  [['Accept-Language', 'de, en;q=x'], null],
  [['Accept-Language', 'de', 'Connection', 'Accept-Language'], null],
])('the language key of a request with %j is %j', (request, key) => {
  expect(languageKeyOf(RULE, new IncomingFields(request))).toBe(key);
});

test('a rule that does not name Accept-Language has no such keys', () => {
  const rule = { id: 'vary:a', names: ['a'] };
  expect(languageKeyOf(rule, new IncomingFields(['Accept-Language', 'de']))).toBeNull();
  expect(languageKeyOfStored(stored(rule, [], ['Content-Language', 'de']))).toBeNull();
});

test.each([
  [['Content-Language', 'DE'], 'a=1\naccept-language:de\n'],
  [['Content-Language', 'de-AT'], 'a=1\naccept-language:de-at\n'],
  [[], null],
  [['Content-Language', ''], null],
  [['Content-Language', 'de, en'], null],
  [['Content-Language', 'de', 'Content-Language', 'en'], null],
])('the language key of a response with %j is %j', (response, key) => {
  for (const language of [[], ['Accept-Language', ''], ['Accept-Language', 'fr, de;q=0.1']]) {
    expect(languageKeyOfStored(stored(RULE, ['A', '1', ...language], response))).toBe(key);
  }
});

test('a value that looks like another line of the key is not taken for one', () => {
  const response = stored(RULE, ['A', 'accept-language'], ['Content-Language', 'de']);
  expect(languageKeyOfStored(response)).toBe('a=accept-language\naccept-language:de\n');
  const rule = {
    id: 'vary:accept-language,accept-language-x',
    names: ['accept-language', 'accept-language-x'],
  };
  const request = new IncomingFields(['Accept-Language', 'de', 'Accept-Language-X', 'fr']);
  expect(languageKeyOf(rule, request)).toBe('accept-language:de\naccept-language-x=fr\n');
});

test('without a language of its own a response is in nobody’s', () => {
  const request = new IncomingFields([]);
  const response = stored(RULE, [], []);
  expect(isInPreferredLanguage(response, request)).toBe(false);
});
