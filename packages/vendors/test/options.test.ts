// What nobody is sure of can be played through: `poplet explain` names the values that may hold instead.
import { describe, expect, test } from 'vitest';

import { VENDORS } from '../src/index.ts';

const doubted = VENDORS.flatMap(({ profiles }) =>
  profiles.flatMap(({ policy, options = [] }) =>
    options.flatMap((option) =>
      option.doubt === undefined ? [] : [[`${policy.name}:${option.name}`, option] as const],
    ),
  ),
);

describe('an option that is not sure', () => {
  test.each(doubted)('%s has another value', (_, { values, standard, instead }) => {
    const others = instead ?? (values.kind === 'choice' ? values.choices : []);
    expect(others.filter((value) => value !== standard)).not.toEqual([]);
  });
});
