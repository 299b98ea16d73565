import { describe, expect, it } from 'vitest';
import { checkSource } from '../check-imports.ts';

function problems(packageName: string, file: string, text: string): string[] {
  const folder = file.split('/').slice(0, 2).join('/');
  return checkSource({ file, folder, packageName, text });
}

describe('the direction of imports', () => {
  it('lets edge import store', () => {
    const text = "import { createStore } from '@poplet/store';";
    expect(problems('@poplet/edge', 'packages/edge/src/run.ts', text)).toEqual([]);
  });

  it('does not let store import edge, not even its types', () => {
    const text = "\nimport type { Edge } from '@poplet/edge';";
    expect(problems('@poplet/store', 'packages/store/src/memory.ts', text)).toEqual([
      "packages/store/src/memory.ts:2: @poplet/store may not import '@poplet/edge'",
    ]);
  });

  it('lets only tests import conformance', () => {
    const text = "const suite = await import('@poplet/conformance');";
    expect(problems('@poplet/edge', 'packages/edge/test/cases.test.ts', text)).toEqual([]);
    expect(problems('@poplet/edge', 'packages/edge/src/cases.ts', text)).toEqual([
      "packages/edge/src/cases.ts:1: @poplet/edge may not import '@poplet/conformance'",
    ]);
  });

  it('does not let a relative path leave the sources', () => {
    const text = "export * from '../../policy/src/key.ts';";
    expect(problems('@poplet/edge', 'packages/edge/src/key.ts', text)).toEqual([
      "packages/edge/src/key.ts:1: '../../policy/src/key.ts' leaves packages/edge/src",
    ]);
  });

  it('asks for a rule for a new package', () => {
    expect(problems('@poplet/new', 'packages/new/src/index.ts', 'export {};')).toEqual([
      'packages/new/src/index.ts: @poplet/new has no line in MAY_IMPORT (tools/check-imports.ts)',
    ]);
  });
});

describe('the purity of policy', () => {
  const inPolicy = (text: string): string[] =>
    problems('@poplet/policy', 'packages/policy/src/age.ts', text);

  it.each(['Date.now()', 'new Date(0)', 'Math.random()', 'process.env', '`${Date.now()}`'])(
    'refuses %s',
    (expression) => {
      expect(inPolicy(`export const value = ${expression};`)).toHaveLength(1);
    },
  );

  it('refuses every package and every module of Node', () => {
    expect(inPolicy("import fs from 'node:fs';\nimport { z } from 'zod';")).toEqual([
      "packages/policy/src/age.ts:1: policy imports nothing, not 'node:fs'",
      "packages/policy/src/age.ts:2: policy imports nothing, not 'zod'",
    ]);
  });

  it('does not mind the words in comments, strings and patterns', () => {
    const text = [
      '// how to process it: see Date.now()',
      'const hint = \'import node:fs from "node:fs"\';',
      'const pattern = /["\'`]Math.random/u;',
      'export const text = `new Date(${hint}) process`; /* process */',
      'export const dateMs = Date.UTC(2026, 0, 1);',
    ].join('\n');
    expect(inPolicy(text)).toEqual([]);
  });
});
