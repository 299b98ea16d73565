import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect, it, onTestFinished } from 'vitest';

import { readText, root } from '../repository.ts';

it('the sample in README.md runs as it stands, and prints what is promised', async () => {
  const readme = readText('README.md');
  const [, sample = ''] = /```ts\n(import \{ createCdn \}[^]*?)```/u.exec(readme) ?? [];
  const [, promised] = /It prints `([^`]+)`/u.exec(readme) ?? [];
  // Where `@poplet/cdn` is found.
  const file = path.join(root, 'tools', '.cache', `readme-sample-${process.pid}.ts`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, sample);
  onTestFinished(() => rmSync(file));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', file], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout.trim()).toBe(promised);
});
