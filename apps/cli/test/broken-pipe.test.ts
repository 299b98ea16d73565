import { expect, it } from 'vitest';

import { poplet } from './poplet.ts';

it('a reader that goes away before the answer is no error', async () => {
  const run = poplet('profiles');
  run.child.stdout.destroy();
  expect([await run.ended, run.stderr()]).toEqual([0, '']);
});
