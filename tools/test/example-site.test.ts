import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { findFiles, readText, root } from '../repository.ts';

// A name with a hash promises that its content never changes: `immutable` counts on it.
describe('the example site', () => {
  const assets = findFiles('examples/site/assets/*');

  it('has its two assets', () => {
    expect(assets.map((file) => path.extname(file)).toSorted()).toEqual(['.css', '.js']);
  });

  it.each(assets)('%s is named for its content', (file) => {
    const hash = createHash('sha256')
      .update(readFileSync(path.join(root, file)))
      .digest('hex');
    expect(path.basename(file)).toContain(`-${hash.slice(0, 8)}.`);
    expect(readText('examples/site/index.html')).toContain(`/assets/${path.basename(file)}`);
  });
});
