// Reads what vitest and Playwright report: how many tests passed, and which did not.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './repository.ts';

export interface FailedTest {
  /** Where it stands and what it is called. */
  readonly title: string;
  readonly message: string;
}

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly FailedTest[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Why the file itself could not be run. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Undefined where vitest did not live to write one. */
export function readVitestReport(file: string): TestReport | undefined {
  const report = readReport(file) as VitestReport | undefined;
  if (report === undefined) return undefined;
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const title = path.relative(root, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [{ title, message }];
    return failed.map(({ fullName, failureMessages: [first = ''] }) => {
      return { title: `${title} › ${fullName}`, message: first };
    });
  });
  return {
    passed: report.numPassedTests,
    // A file that could not be run counts as one.
    failed: Math.max(report.numFailedTests, failures.length),
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly file: string;
    readonly title: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly status: string;
      readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[];
    }[];
  }[];
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly suites: readonly PlaywrightSuite[];
}

/** Undefined where Playwright did not live to write one. */
export function readPlaywrightReport(file: string): TestReport | undefined {
  const report = readReport(file) as PlaywrightReport | undefined;
  if (report === undefined) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return {
    passed: expected,
    // Passing only when tried again is failing.
    failed: unexpected + flaky,
    skipped,
    failures: report.suites.flatMap(failuresIn),
  };
}

function failuresIn({ suites = [], specs }: PlaywrightSuite): readonly FailedTest[] {
  const own = specs.flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map(({ projectName, results }) => {
        const [error] = results.flatMap(({ errors }) => errors);
        return {
          title: `${projectName} › ${file} › ${title}`,
          message: stripVTControlCharacters(error?.message ?? ''),
        };
      }),
  );
  return [...own, ...suites.flatMap(failuresIn)];
}

function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
