import { expect, it } from 'vitest';

import { advanced, frozen } from './virtual-time.ts';

it('asks for one 304 when time has gone on by 2 minutes, and then hits', async () => {
  expect(await advanced()).toEqual({
    holds: true,
    measured: {
      fullAnswers: 1,
      notModified: 1,
      journal: `miss 200, hit, hit, revalidated 304${', hit'.repeat(9)}`,
    },
  });
});

it('keeps what was stored after a purge, while time stands still', async () => {
  const { holds, measured } = await frozen();
  expect(measured).toMatchObject({
    answers: 5,
    bodies: [1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 4].map((version) => `version ${version}`).join(', '),
  });
  expect(holds).toBe(true);
});
