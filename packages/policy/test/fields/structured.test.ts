import { describe, expect, test } from 'vitest';
import {
  isSfToken,
  parseDictionary,
  parseItem,
  parseList,
  serializeParameter,
  serializeString,
} from '../../src/fields/structured.ts';
import type { BareItem, Item, Member } from '../../src/fields/structured.ts';

type Plain = readonly [kind: string, value: unknown, parameters?: Record<string, unknown>];

/** `[kind, value]`, with a third element where there are parameters. */
function plain(member: Member): Plain {
  const value: unknown =
    member.kind === 'inner-list' ? member.items.map((inner) => plain(inner)) : plainValue(member);
  if (member.parameters.size === 0) return [member.kind, value];
  return [
    member.kind,
    value,
    Object.fromEntries([...member.parameters].map(([key, bare]) => [key, plainValue(bare)])),
  ];
}

function plainValue(bare: BareItem | Item): unknown {
  return bare.kind === 'bytes' ? [...bare.value] : bare.value;
}

function item(text: string): Plain | null {
  const parsed = parseItem(text);
  return parsed === null ? null : plain(parsed);
}

function list(text: string): Plain[] | null {
  return parseList(text)?.map((member) => plain(member)) ?? null;
}

function dictionary(text: string): [string, Plain][] | null {
  const parsed = parseDictionary(text);
  return parsed === null ? null : [...parsed].map(([key, member]) => [key, plain(member)]);
}

describe('integers and decimals', () => {
  test.each<[string, string, number]>([
    ['0', 'integer', 0],
    ['-0', 'integer', 0],
    ['42', 'integer', 42],
    ['-42', 'integer', -42],
    ['0002', 'integer', 2],
    ['999999999999999', 'integer', 999_999_999_999_999],
    ['-999999999999999', 'integer', -999_999_999_999_999],
    ['4.5', 'decimal', 4.5],
    ['-0.0', 'decimal', 0],
    ['1.0', 'decimal', 1],
    ['00.334', 'decimal', 0.334],
    ['999999999999.999', 'decimal', 999_999_999_999.999],
    [' 1 ', 'integer', 1],
  ])('%j', (text, kind, value) => {
    expect(item(text)).toStrictEqual([kind, value]);
  });

  test.each([
    '',
    '-',
    '+1',
    '--1',
    '- 1',
    '1.',
    '.1',
    '-.1',
    '1..2',
    '1.2.3',
    '1.2345',
    '1e3',
    '1 2',
    '0x1',
    '1000000000000000',
    '-1000000000000000',
    '1000000000000.0',
    '\t1',
    '1\t',
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });
});

describe('strings', () => {
  test.each([
    ['""', ''],
    ['"foo bar"', 'foo bar'],
    [String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    [String.raw`"\\\""`, String.raw`\"`],
    ['" ~"', ' ~'],
  ])('%j', (text, value) => {
    expect(item(text)).toStrictEqual(['string', value]);
  });

  test.each([
    '"',
    '"a',
    'a"',
    "'a'",
    '"a"b"',
    String.raw`"\a"`,
    String.raw`"a\"`,
    '"\t"',
    '"a\nb"',
    '"é"',
    '"\u007F"',
    '"a" "b"',
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });
});

describe('tokens', () => {
  test.each(['a', 'A', '*', '*a', 'foo123/456', 'a:b/c', "a!#$%&'*+-.^_`|~"])('%j', (text) => {
    expect(item(text)).toStrictEqual(['token', text]);
    expect(isSfToken(text)).toBe(true);
  });

  test.each(['', '/a', ':a', '-a', 'a b', 'a,b', 'a"', 'a=', '(a)', 'é', 'aé', '1a'])(
    '%j is no token',
    (text) => {
      expect(item(text)).toBeNull();
      expect(isSfToken(text)).toBe(false);
    },
  );
});

describe('byte sequences', () => {
  test.each<[string, number[]]>([
    ['::', []],
    [':AA==:', [0]],
    [':AAE=:', [0, 1]],
    [':AAEC:', [0, 1, 2]],
    [':+/8A:', [251, 255, 0]],
    [':aGVsbG8=:', [104, 101, 108, 108, 111]],
    // Missing padding and pad bits that are not zero.
    [':aGVsbG8:', [104, 101, 108, 108, 111]],
    [':AP==:', [0]],
    [':AAF=:', [0, 1]],
  ])('%j', (text, bytes) => {
    expect(item(text)).toStrictEqual(['bytes', bytes]);
  });

  test.each([
    ':',
    ':AA==',
    'AA==:',
    ':A:',
    ':AAAAA:',
    ':=AA=:',
    ':A=A=:',
    ':AA===:',
    ':AA ==:',
    ':_-8A:',
    ':é:',
    ':AA\n:',
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });
});

describe('booleans and dates', () => {
  test.each<[string, string, unknown]>([
    ['?1', 'boolean', true],
    ['?0', 'boolean', false],
    ['@0', 'date', 0],
    ['@1659578233', 'date', 1_659_578_233],
    ['@-62135596800', 'date', -62_135_596_800],
    ['@253402214400', 'date', 253_402_214_400],
  ])('%j', (text, kind, value) => {
    expect(item(text)).toStrictEqual([kind, value]);
  });

  test.each([
    '?',
    '?2',
    '?T',
    '?01',
    '? 1',
    '?-1',
    '@',
    '@ 1',
    '@1.0',
    '@a',
    '@@1',
    '@1000000000000000',
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });
});

describe('display strings', () => {
  test.each([
    ['%""', ''],
    ['%"foo bar"', 'foo bar'],
    ['%"This is intended for display to %c3%bcsers."', 'This is intended for display to üsers.'],
    ['%"%f0%9f%98%80"', '😀'],
    ['%"%22%25%00"', '"%\0'],
    ['%"%ef%bb%bfa"', '\uFEFFa'],
    [String.raw`%"a\b"`, String.raw`a\b`],
  ])('%j', (text, value) => {
    expect(item(text)).toStrictEqual(['display-string', value]);
  });

  test.each([
    '%',
    '%a',
    '%"',
    '%"a',
    '%a"',
    '%"é"',
    '%"%C3%BC"',
    '%"%c3%bC"',
    '%"%c"',
    '%"%',
    '%"%c3"',
    '%"%c3%28"',
    '%"%ed%a0%80"',
    '%"%fg"',
    '%"\t"',
    '%"a""',
    "%'a'",
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });
});

describe('parameters', () => {
  test.each<[string, Plain]>([
    ['5; foo=bar', ['integer', 5, { foo: 'bar' }]],
    ['a;b', ['token', 'a', { b: true }]],
    ['a;b=?0;*c="d";e_1-.*=1.5', ['token', 'a', { b: false, '*c': 'd', 'e_1-.*': 1.5 }]],
    ['a;  b=1', ['token', 'a', { b: 1 }]],
    ['a;b=1;c=2;b=3', ['token', 'a', { b: 3, c: 2 }]],
    ['?1;a', ['boolean', true, { a: true }]],
  ])('%j', (text, expected) => {
    expect(item(text)).toStrictEqual(expected);
  });

  test.each([
    'a;',
    'a;;b',
    'a;B',
    'a;1',
    'a; =1',
    'a;b=',
    'a;b =1',
    'a;b= 1',
    'a ;b',
    'a;\tb',
    'a;b=(1)',
    'a;b=1.',
  ])('%j fails', (text) => {
    expect(item(text)).toBeNull();
  });

  test('the last of duplicate keys counts, where the first stood', () => {
    const parsed = parseItem('a;b=1;c=2;b=3');
    expect([...(parsed?.parameters.keys() ?? [])]).toStrictEqual(['b', 'c']);
  });
});

describe('lists', () => {
  test.each<[string, Plain[]]>([
    ['', []],
    ['  ', []],
    [
      'sugar, tea, rum',
      [
        ['token', 'sugar'],
        ['token', 'tea'],
        ['token', 'rum'],
      ],
    ],
    [
      '1\t,\t2',
      [
        ['integer', 1],
        ['integer', 2],
      ],
    ],
    [
      '1,2 , 3',
      [
        ['integer', 1],
        ['integer', 2],
        ['integer', 3],
      ],
    ],
    ['()', [['inner-list', []]]],
    ['(  )', [['inner-list', []]]],
    [
      '( 1  "a" )',
      [
        [
          'inner-list',
          [
            ['integer', 1],
            ['string', 'a'],
          ],
        ],
      ],
    ],
    [
      '("foo"; a=1;b=2);lvl=5, ("bar" "baz");lvl=1',
      [
        ['inner-list', [['string', 'foo', { a: 1, b: 2 }]], { lvl: 5 }],
        [
          'inner-list',
          [
            ['string', 'bar'],
            ['string', 'baz'],
          ],
          { lvl: 1 },
        ],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(list(text)).toStrictEqual(expected);
  });

  test.each([
    '1,',
    ',1',
    '1,,2',
    '1 2',
    '\t1',
    '(',
    '(1',
    '(1 2',
    '1)',
    '(1,2)',
    '(1"a")',
    '((1))',
    '(1\t2)',
    '(1 2)a',
    '(1);A',
    '(1);',
    '(1);,2',
    '(? )',
    '(?)',
    '=1',
  ])('%j fails', (text) => {
    expect(list(text)).toBeNull();
  });

  test('1024 members, 256 of an inner list', () => {
    expect(list(Array.from({ length: 1024 }, () => 'a').join(', '))).toHaveLength(1024);
    const inner = parseList(`(${Array.from({ length: 256 }, () => 'a').join(' ')})`)?.[0];
    expect(inner?.kind === 'inner-list' ? inner.items : []).toHaveLength(256);
  });
});

describe('dictionaries', () => {
  test.each<[string, [string, Plain][]]>([
    ['', []],
    [
      'en="Applepie", da=:w4Y=:',
      [
        ['en', ['string', 'Applepie']],
        ['da', ['bytes', [195, 134]]],
      ],
    ],
    [
      'a=?0, b, c; foo=bar',
      [
        ['a', ['boolean', false]],
        ['b', ['boolean', true]],
        ['c', ['boolean', true, { foo: 'bar' }]],
      ],
    ],
    [
      'rating=1.5, feelings=(joy sadness)',
      [
        ['rating', ['decimal', 1.5]],
        [
          'feelings',
          [
            'inner-list',
            [
              ['token', 'joy'],
              ['token', 'sadness'],
            ],
          ],
        ],
      ],
    ],
    [
      'a=1,b=2,a=3',
      [
        ['a', ['integer', 3]],
        ['b', ['integer', 2]],
      ],
    ],
    [
      'a=1\t,\tb',
      [
        ['a', ['integer', 1]],
        ['b', ['boolean', true]],
      ],
    ],
    [
      '*=1, a_b-c.d*=2',
      [
        ['*', ['integer', 1]],
        ['a_b-c.d*', ['integer', 2]],
      ],
    ],
  ])('%j', (text, expected) => {
    expect(dictionary(text)).toStrictEqual(expected);
  });

  test.each([
    'a,',
    ',a',
    'a,,b',
    'A',
    'a=1,B=2',
    '1=2',
    'a =1',
    'a= 1',
    'a=',
    'a=,b',
    'a b',
    '\ta',
    'a;',
    '"a"=1',
    'é=1',
    '-a=1',
  ])('%j fails', (text) => {
    expect(dictionary(text)).toBeNull();
  });
});

describe('serialisation', () => {
  test.each([
    ['', '""'],
    ['foo bar', '"foo bar"'],
    ['a"b', String.raw`"a\"b"`],
    [String.raw`a\b`, String.raw`"a\\b"`],
    ['$& $1', '"$& $1"'],
  ])('the string %j', (text, expected) => {
    expect(serializeString(text)).toBe(expected);
  });

  test.each(['é', '\t', '\n', '\0', '\u007F', '😀'])('%j is no string', (text) => {
    expect(serializeString(text)).toBeNull();
  });

  test.each([
    { key: 'a', value: { kind: 'boolean', value: true }, text: ';a' },
    { key: 'b', value: { kind: 'boolean', value: false }, text: ';b=?0' },
    { key: 'c-d', value: { kind: 'integer', value: -5 }, text: ';c-d=-5' },
    { key: 'e', value: { kind: 'token', value: 'f/g' }, text: ';e=f/g' },
    { key: 'h', value: { kind: 'string', value: 'i "j"' }, text: String.raw`;h="i \"j\""` },
  ] as const)('the parameter $text', ({ key, value, text }) => {
    expect(serializeParameter(key, value)).toBe(text);
  });

  test.each([
    { key: 'A', item: { kind: 'integer', value: 1 } },
    { key: '', item: { kind: 'integer', value: 1 } },
    { key: 'a b', item: { kind: 'integer', value: 1 } },
    { key: 'a', item: { kind: 'integer', value: 1.5 } },
    { key: 'a', item: { kind: 'integer', value: 1_000_000_000_000_000 } },
    { key: 'a', item: { kind: 'integer', value: Number.NaN } },
    { key: 'a', item: { kind: 'token', value: 'b c' } },
    { key: 'a', item: { kind: 'token', value: '' } },
    { key: 'a', item: { kind: 'string', value: 'é' } },
  ] as const)('$key with $item fails', ({ key, item: value }) => {
    expect(serializeParameter(key, value)).toBeNull();
  });
});
