import { describe, expect, it } from 'vitest';
import { catalogNames, compareNames, documentedNames } from '../check-dependencies.ts';
import { compareDeviations, deviationsIn, documentedDeviations } from '../check-deviations.ts';

describe('docs/dependencies.md', () => {
  const workspace = [
    'packages:',
    '  - packages/*',
    '',
    'catalog:',
    "  '@types/node': 1.2.3",
    '  # why',
    '  zod: 4.6.7',
    '',
    'allowBuilds:',
    '  other: false',
    '',
  ].join('\n');

  it('finds the names of the catalog and of the table', () => {
    expect(catalogNames(workspace)).toEqual(['@types/node', 'zod']);
    expect(documentedNames('| name | for |\n|---|---|\n| `zod` | schemas |\n')).toEqual(['zod']);
  });

  it('names what is missing, what is gone and what stands twice', () => {
    expect(compareNames(['a', 'b'], ['b', 'b', 'c'])).toEqual([
      'docs/dependencies.md: no line for a, which the catalog has',
      'docs/dependencies.md: names c, which the catalog has not',
      'docs/dependencies.md: names b twice',
    ]);
  });
});

describe('docs/deviations.md', () => {
  it('compares comments and entries in both directions', () => {
    const found = deviationsIn('packages/edge/src/a.ts', '\n// DEVIATION(rfc9111#4.2): why\n');
    expect(found).toEqual([{ id: 'rfc9111#4.2', at: 'packages/edge/src/a.ts:2' }]);
    const documented = documentedDeviations('# Deviations\n\n- `rfc9110#9.3`: what and why\n');
    expect(compareDeviations(found, documented)).toEqual([
      'packages/edge/src/a.ts:2: rfc9111#4.2 is not listed in docs/deviations.md',
      'docs/deviations.md: lists rfc9110#9.3, which no source marks',
    ]);
  });
});
