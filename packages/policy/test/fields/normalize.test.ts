import { describe, expect, test } from 'vitest';
import { normalizeFieldValue } from '../../src/fields/normalize.ts';

describe('unknown fields', () => {
  test.each<[string[], string]>([
    [[''], ''],
    [['a'], 'a'],
    [[' \ta\t '], 'a'],
    // Lines are joined; whether white space means anything inside, nobody knows.
    [['a', 'b'], 'a, b'],
    [['a, b', 'c'], 'a, b, c'],
    [['a, b'], 'a, b'],
    [['a,b'], 'a,b'],
    [['a ,\tb'], 'a ,\tb'],
    [['B, a, B'], 'B, a, B'],
    [['a  b'], 'a  b'],
  ])('%j → %j', (lines, normal) => {
    expect(normalizeFieldValue('x-anything', lines)).toBe(normal);
  });
});

describe.each(['accept', 'accept-charset', 'prefer', 'te'])('%s, a list', (name) => {
  test.each<[string[], string]>([
    [['a, b'], 'a,b'],
    [['a ,\tb'], 'a,b'],
    [['a', 'b'], 'a,b'],
    [['a, b', 'c'], 'a,b,c'],
    // Kept: case, order, repetition, empty members, white space inside a member.
    [['B, a, B'], 'B,a,B'],
    [['a,, b'], 'a,,b'],
    [['', 'a'], ',a'],
    [['a  b'], 'a  b'],
    [['a ; q=1'], 'a ; q=1'],
    [['a="x , y" , b'], 'a="x , y",b'],
    [[String.raw`a="x\" , y" , b`], String.raw`a="x\" , y",b`],
    [['a , "open , b'], 'a,"open , b'],
  ])('%j → %j', (lines, normal) => {
    expect(normalizeFieldValue(name, lines)).toBe(normal);
  });
});

describe.each(['accept-encoding', 'accept-language'])('%s', (name) => {
  test.each<[string[], string]>([
    [[''], ''],
    [[', ,'], ''],
    [['b, a'], 'a,b'],
    [['a', 'b'], 'a,b'],
    [['A, b'], 'a,b'],
    [['a, b, a'], 'a,b'],
    [['*'], '*'],
    // RFC 9110 §12.4.2: without q the weight is 1; digits that say nothing are dropped.
    [['a;q=1.0, b;q=1.000, c;q=1., d'], 'a,b,c,d'],
    [['a;q=0.50'], 'a;q=0.5'],
    [['a;q=0.500'], 'a;q=0.5'],
    [['a;Q=0.05'], 'a;q=0.05'],
    [['a;q=0.001'], 'a;q=0.001'],
    [['a;q=0.0'], 'a;q=0'],
    [['a ; q=0.5'], 'a;q=0.5'],
    [['a;\tq=0.5'], 'a;q=0.5'],
    [['a;q=0.3, b;q=0.7, c, d;q=0'], 'c,b;q=0.7,a;q=0.3,d;q=0'],
    [['b;q=0.5, c;q=0.5, a;q=0.5'], 'a;q=0.5,b;q=0.5,c;q=0.5'],
    [['a;q=0.5, a;q=0.50'], 'a;q=0.5'],
  ])('%j → %j', (lines, normal) => {
    expect(normalizeFieldValue(name, lines)).toBe(normal);
  });

  // What is not written as defined is left as it is, white space around commas aside.
  test.each<[string[], string]>([
    [['B, a;q=2'], 'B,a;q=2'],
    [['B, a;q=0.1234'], 'B,a;q=0.1234'],
    [['B, a;q=-1'], 'B,a;q=-1'],
    [['B, a;q=1.5'], 'B,a;q=1.5'],
    [['B, a;q = 1'], 'B,a;q = 1'],
    [['B, a;q'], 'B,a;q'],
    [['B, a;'], 'B,a;'],
    [['B, a;x=1'], 'B,a;x=1'],
    [['B, a;q=1;x=1'], 'B,a;q=1;x=1'],
    [['B, a b'], 'B,a b'],
    [['B, ;q=1'], 'B,;q=1'],
    [['B, "a"'], 'B,"a"'],
    [['B, É'], 'B,É'],
    // Two weights for one name: which counts is not defined.
    [['b;q=0.1, B;q=0.2'], 'b;q=0.1,B;q=0.2'],
  ])('%j is left as %j', (lines, normal) => {
    expect(normalizeFieldValue(name, lines)).toBe(normal);
  });
});

describe('available-dictionary', () => {
  test.each<[string[], string]>([
    [[':YWI=:'], ':YWI=:'],
    [[' :YWI: '], ':YWI=:'],
    [[':YWJ=:'], ':YWI=:'],
    [[':YWJj:'], ':YWJj:'],
    [[':YWJjZA:'], ':YWJjZA==:'],
    [['::'], '::'],
    // What is not a Byte Sequence, or more than one, is left as it is.
    [[':YWI'], ':YWI'],
    [['YWI='], 'YWI='],
    [[':YWI=:;a'], ':YWI=:;a'],
    [[':YWI:', ':YWI:'], ':YWI:, :YWI:'],
    [['"YWI="'], '"YWI="'],
  ])('%j → %j', (lines, normal) => {
    expect(normalizeFieldValue('available-dictionary', lines)).toBe(normal);
  });
});

describe('what two requests share', () => {
  test.each([
    ['accept-encoding', 'gzip, deflate, br', 'br,gzip, DEFLATE;q=1.0'],
    ['accept-encoding', 'x-gzip, br', 'br, gzip'],
    ['accept-encoding', 'x-compress', 'compress'],
    ['accept-encoding', 'x-gzip, gzip', 'gzip'],
    ['accept-encoding', 'gzip;q=1.0, identity; q=0.5, *;q=0', '*;q=0.0,identity;q=0.50,gzip'],
    ['accept-language', 'en-GB,en;q=0.8', 'EN;q=0.80, en-gb'],
    ['accept-language', 'de, en', 'en, de'],
  ])('%s: %s and %s', (name, one, other) => {
    expect(normalizeFieldValue(name, [one])).toBe(normalizeFieldValue(name, [other]));
  });

  test.each([
    ['accept-encoding', 'gzip', 'br'],
    ['accept-encoding', 'gzip', 'gzip;q=0'],
    ['accept-encoding', 'gzip', ''],
    ['accept-encoding', 'gzip, br;q=0.9', 'gzip;q=0.9, br'],
    ['accept-language', 'en', 'en-gb'],
    ['accept-language', 'x-gzip', 'gzip'],
    ['accept', 'text/html', 'TEXT/HTML'],
    ['cookie', 'a=1; b=2', 'b=2; a=1'],
  ])('%s: not %j and %j', (name, one, other) => {
    expect(normalizeFieldValue(name, [one])).not.toBe(normalizeFieldValue(name, [other]));
  });
});
