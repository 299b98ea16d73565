// Mutants that no test can kill, because what they compute is the same; each with the proof.

export interface EquivalentMutant {
  /** Within packages/policy/src. */
  readonly file: string;
  /** The function, `Class.method` or constant in which it stands. */
  readonly within: string;
  /** The code that is replaced, as `npm run mutation` prints it. */
  readonly code: string;
  readonly replacement: string;
  /** How many there are in that place, when the same code stands there more than once. */
  readonly times?: number;
  /** Why nobody can tell the difference. */
  readonly proof: string;
}

export const EQUIVALENT_MUTANTS: readonly EquivalentMutant[] = [
  {
    file: 'byte-spans.ts',
    within: 'firstNotHeld',
    code: 'startByte < one.endByte',
    replacement: 'startByte <= one.endByte',
    proof:
      'A span that ends there gives its end, which is `startByte` as well; none begins there, since held spans do not touch.',
  },
  {
    file: 'byte-spans.ts',
    within: 'lastNotHeld',
    code: 'one.startByte < endByte',
    replacement: 'one.startByte <= endByte',
    proof:
      'A span that begins there gives its start, which is `endByte` as well; none ends there, since held spans do not touch.',
  },
  {
    file: 'dictionary.ts',
    within: 'isDictionaryCompressed',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: 'Neither is a coding that needs a dictionary.',
  },
  {
    file: 'facts.ts',
    within: 'factsOf',
    code: 'lastModifiedLine === undefined',
    replacement: 'false',
    proof:
      '`parseHttpDate` reads undefined as the text `undefined`, which is no date: null as well.',
  },
  {
    file: 'facts.ts',
    within: 'dateOf',
    code: 'line === undefined',
    replacement: 'false',
    proof:
      '`parseHttpDate` reads undefined as the text `undefined`, which is no date: null as well.',
  },
  {
    file: 'fields/age.ts',
    within: 'parseAge',
    code: 'first === undefined',
    replacement: 'false',
    proof:
      '`parseDeltaSeconds` reads undefined as the text `undefined`, which is no number: null as well.',
  },
  {
    file: 'fields/cache-control.ts',
    within: 'readAmount',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: '`parseDeltaSeconds` gives null for any text that is no number, whichever.',
  },
  {
    file: 'fields/cache-status.ts',
    within: 'formatName',
    code: `'""'`,
    replacement: '""',
    proof:
      '`serializeString` gives null only for what is not printable, and that was replaced before.',
  },
  {
    file: 'fields/cache-status.ts',
    within: 'fwdParameters',
    code: "'token'",
    replacement: '""',
    proof: '`serializeBareItem` writes whatever is no boolean, integer or string as a token.',
  },
  {
    file: 'fields/cache-status.ts',
    within: 'detailItem',
    code: "'token'",
    replacement: '""',
    proof: '`serializeBareItem` writes whatever is no boolean, integer or string as a token.',
  },
  {
    file: 'fields/list.ts',
    within: 'closingQuote',
    code: 'index < text.length',
    replacement: 'index <= text.length',
    proof: 'Past the end there is no character to be equal to; the loop ends with the same result.',
  },
  {
    file: 'fields/list.ts',
    within: 'unquote',
    code: 'index < end',
    replacement: 'index <= end',
    proof:
      'At `end` stands the closing quote: no control character, no backslash, so nothing is done.',
  },
  {
    file: 'fields/list.ts',
    within: 'memberEnd',
    code: 'index < value.length',
    replacement: 'index <= value.length',
    proof: 'Behind the end there is no character, which is neither a comma nor a quote.',
  },
  {
    file: 'fields/no-vary-search.ts',
    within: 'decodedKey',
    code: "['', '']",
    replacement: '[]',
    proof: 'The query has one pair always, so the default is never used.',
  },
  {
    file: 'fields/no-vary-search.ts',
    within: 'decodedKey',
    code: "''",
    replacement: '"Stryker was here!"',
    times: 2,
    proof: 'The query has one pair always, so the default is never used.',
  },
  {
    file: 'fields/normalize.ts',
    within: 'normalizeWeights',
    code: 'aName < bName',
    replacement: 'aName <= bName',
    proof: 'The names are the keys of a map: no two are equal.',
  },
  {
    file: 'fields/quality.ts',
    within: 'parseMediaRange',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: '`split` gives one part at least, so the default is never used.',
  },
  {
    file: 'fields/structured.ts',
    within: 'Parser.#number',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: 'A number that matched has digits before the point, so nothing stands in for them.',
  },
  {
    file: 'fields/structured.ts',
    within: 'decodeBase64',
    code: 'index < length',
    replacement: 'index <= length',
    proof:
      'What one more round would write lies behind the end of the array, where nothing is kept.',
  },
  {
    file: 'headers.ts',
    within: 'IncomingFields.get',
    code: 'this.#indexOf(name, index + 1) === -1',
    replacement: 'false',
    proof: 'One line joined is that line; it is asked because it is quicker.',
  },
  {
    file: 'headers.ts',
    within: 'StoredFields.get',
    code: 'this.#startOf(name, this.#endFrom(start)) === -1',
    replacement: 'false',
    proof: 'One line joined is that line; it is asked because it is quicker.',
  },
  {
    file: 'headers.ts',
    within: 'StoredFields.get',
    code: '-1',
    replacement: '+1',
    proof:
      'No second line begins at 1, so that lines are joined always, and one line joined is that line.',
  },
  {
    file: 'ignored-directives.ts',
    within: 'withoutDirectives',
    code: 'names.length === 0',
    replacement: 'false',
    proof: 'A copy from which nothing is taken says the same; it is asked because it is quicker.',
  },
  {
    file: 'incomplete.ts',
    within: 'partOf',
    code: "''",
    replacement: '"Stryker was here!"',
    times: 2,
    proof: 'Neither is a Content-Range, and neither is a media type of several parts.',
  },
  {
    file: 'plan.ts',
    within: 'downstreamLines',
    code: 'strip.length === 0',
    replacement: 'false',
    proof: 'Without names `withoutFields` leaves out nothing.',
  },
  {
    file: 'plan.ts',
    within: 'validatorsIn',
    code: 'lastModified === undefined',
    replacement: 'false',
    proof:
      '`parseHttpDate` reads undefined as the text `undefined`, which is no date: null as well.',
  },
  {
    file: 'preconditions.ts',
    within: 'notModifiedFor',
    code: 'since === undefined',
    replacement: 'false',
    proof:
      '`parseHttpDate` reads undefined as the text `undefined`, which is no date: null as well.',
  },
  {
    file: 'preference.ts',
    within: 'preferred',
    code: 'selected.length === 1',
    replacement: 'false',
    proof:
      'Of one response the rest makes the same, at more cost: it is the best, and no other ranks beside it.',
  },
  {
    file: 'purge-labels.ts',
    within: 'groupsIn',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: 'Neither is a list with a string in it: no group either way.',
  },
  {
    file: 'purge-labels.ts',
    within: 'groupsIn',
    code: '[]',
    replacement: '["Stryker was here"]',
    proof:
      'What stands for a field that is malformed is no item of the kind `string`, so the field is ignored all the same.',
  },
  {
    file: 'read-request.ts',
    within: 'readTarget',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: 'Where the expression matches, its last group does, if only nothing.',
  },
  {
    file: 'read-request.ts',
    within: 'readTarget',
    code: "'target'",
    replacement: '""',
    times: 3,
    proof: 'Whether it is malformed is all that is asked of its kind.',
  },
  {
    file: 'read-request.ts',
    within: 'normalizedAuthority',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: 'Where the expression matches, the group of the host does.',
  },
  {
    file: 'request-kind.ts',
    within: 'isEventStream',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: '`split` gives one part at least, so the default is never used.',
  },
  {
    file: 'select.ts',
    within: 'variantKeyOf',
    code: 'rule.names.length === 0',
    replacement: 'false',
    proof: 'Without names nothing is added to the empty key; Connection is read for nothing.',
  },
  {
    file: 'settle/context.ts',
    within: 'standInOf',
    code: "decision.kind === 'fetch'",
    replacement: 'true',
    proof: 'The other decisions have no `fallback`: undefined as well.',
  },
  {
    file: 'settle/failure.ts',
    within: 'staleOnError',
    code: "'forbidden'",
    replacement: '""',
    times: 2,
    proof: 'Its readers ask only whether it is `serve` or `refuse`.',
  },
  {
    file: 'settle/pass.ts',
    within: 'AS_A_GET',
    code: '[]',
    replacement: '["Stryker was here"]',
    proof: 'Of its reasons none is read: what is asked as it is, is not asked for again.',
  },
  {
    file: 'stands-for-target.ts',
    within: 'standsForTarget',
    code: 'URL.parse(target)?.href',
    replacement: 'URL.parse(target).href',
    proof:
      'Against a base that cannot be read nothing can be: `uri` is null then, and this is not reached.',
  },
  {
    file: 'storable.ts',
    within: 'storability',
    code: "'storable'",
    replacement: '""',
    proof: 'Its reader asks only whether it is `refused`.',
  },
  {
    file: 'storable.ts',
    within: 'refusedByLifetime',
    code: "''",
    replacement: '"Stryker was here!"',
    proof: '`parseDeltaSeconds` gives null for any text that is no number, whichever.',
  },
  {
    file: 'stored-fields.ts',
    within: 'withDate',
    code: 'date !== undefined',
    replacement: 'true',
    proof:
      '`parseHttpDate` reads undefined as the text `undefined`, which is no date: null as well.',
  },
  {
    file: 'update-stored.ts',
    within: 'ageLine',
    code: 'age === undefined',
    replacement: 'false',
    proof: 'The text `undefined` is no number, and an Age that is none is ignored.',
  },
];
