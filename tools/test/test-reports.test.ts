import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../repository.ts';
import { readPlaywrightReport, readVitestReport } from '../test-reports.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'poplet-reports-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(report: unknown): string {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return file;
}

it('names the tests of vitest that failed, and files that could not be run', () => {
  const good = { fullName: 'a works', status: 'passed', failureMessages: [] };
  const bad = { fullName: 'b works', status: 'failed', failureMessages: ['expected 1', 'more'] };
  const file = written({
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { name: `${root}/x.test.ts`, status: 'failed', message: '', assertionResults: [good, bad] },
      { name: `${root}/y.test.ts`, status: 'failed', message: 'no such', assertionResults: [] },
      { name: `${root}/z.test.ts`, status: 'passed', message: '', assertionResults: [good] },
    ],
  });
  expect(readVitestReport(file)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 3,
    failures: [
      { title: 'x.test.ts › b works', message: 'expected 1' },
      { title: 'y.test.ts', message: 'no such' },
    ],
  });
});

it('names the tests of Playwright that failed, and those that passed when tried again', () => {
  const results = [{ errors: [{ message: '\u001B[31mnot there\u001B[39m' }] }, { errors: [] }];
  const tests = ['expected', 'unexpected', 'flaky', 'skipped'].map((status) => {
    return { projectName: 'chromium', status, results: status === 'expected' ? [] : results };
  });
  const specs = tests.map((test) => ({ file: 'a.spec.ts', title: test.status, tests: [test] }));
  const file = written({
    stats: { expected: 1, unexpected: 1, flaky: 1, skipped: 1 },
    suites: [{ specs: [], suites: [{ specs }] }],
  });
  expect(readPlaywrightReport(file)).toEqual({
    passed: 1,
    failed: 2,
    skipped: 1,
    failures: [
      { title: 'chromium › a.spec.ts › unexpected', message: 'not there' },
      { title: 'chromium › a.spec.ts › flaky', message: 'not there' },
    ],
  });
});

it('has nothing to read where none was written', () => {
  expect(readVitestReport(path.join(folder, 'none.json'))).toBeUndefined();
  expect(readPlaywrightReport(path.join(folder, 'none.json'))).toBeUndefined();
});
