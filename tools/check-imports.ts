// Imports go one way (design §1), and policy is pure.

import path from 'node:path';
import { findFiles, readText, workspacePackages } from './repository.ts';
import { importSpecifiers, lineAt, readSource } from './source-text.ts';

/** Which workspace packages the sources of each may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  '@poplet/policy': [],
  '@poplet/conformance': ['@poplet/policy', '@poplet/store', '@poplet/edge'],
  '@poplet/store': ['@poplet/policy'],
  '@poplet/edge': ['@poplet/policy', '@poplet/store'],
  '@poplet/vendors': ['@poplet/policy'],
  '@poplet/origin': ['@poplet/policy'],
  '@poplet/certificates': ['@poplet/policy'],
  '@poplet/cdn': [
    '@poplet/certificates',
    '@poplet/policy',
    '@poplet/store',
    '@poplet/edge',
    '@poplet/origin',
    '@poplet/vendors',
  ],
  '@poplet/audit': ['@poplet/policy', '@poplet/vendors'],
  '@poplet/playwright': ['@poplet/cdn'],
  poplet: [
    '@poplet/cdn',
    '@poplet/certificates',
    '@poplet/edge',
    '@poplet/policy',
    '@poplet/audit',
  ],
};

const ONLY_TESTS_MAY_IMPORT = '@poplet/conformance';

/** What makes an answer depend on anything but the arguments. */
const IMPURE =
  /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(|\bMath\s*\.\s*random\b|(?<![.\w$])process\b(?!\s*\??:)/gu;

export interface SourceFile {
  /** Relative to the root, as in `packages/edge/src/run.ts`. */
  readonly file: string;
  /** Relative to the root, as in `packages/edge`. */
  readonly folder: string;
  readonly packageName: string;
  readonly text: string;
}

/** Everything wrong with one file, as lines a person can click. */
export function checkSource({ file, folder, packageName, text }: SourceFile): string[] {
  const problems: string[] = [];
  const area = file.slice(folder.length + 1).split('/')[0];
  const isTest = area !== 'src';
  const allowed = MAY_IMPORT[packageName];
  if (allowed === undefined) {
    return [`${file}: ${packageName} has no line in MAY_IMPORT (tools/check-imports.ts)`];
  }

  for (const { text: specifier, line } of importSpecifiers(text)) {
    const at = `${file}:${line}`;
    if (specifier.startsWith('.')) {
      const target = path.posix.join(path.posix.dirname(file), specifier);
      const home = isTest ? folder : `${folder}/src`;
      if (!target.startsWith(`${home}/`)) problems.push(`${at}: '${specifier}' leaves ${home}`);
      continue;
    }
    const imported = workspaceName(specifier);
    if (imported === undefined) {
      const isPolicySource = packageName === '@poplet/policy' && !isTest;
      if (isPolicySource) problems.push(`${at}: policy imports nothing, not '${specifier}'`);
      continue;
    }
    if (isTest && (imported === packageName || imported === ONLY_TESTS_MAY_IMPORT)) continue;
    if (!allowed.includes(imported))
      problems.push(`${at}: ${packageName} may not import '${specifier}'`);
  }

  if (packageName === '@poplet/policy' && !isTest) {
    for (const match of readSource(text).codeOnly.matchAll(IMPURE)) {
      problems.push(`${file}:${lineAt(text, match.index)}: policy is pure, without '${match[0]}'`);
    }
  }
  return problems;
}

function workspaceName(specifier: string): string | undefined {
  if (specifier === 'poplet' || specifier.startsWith('poplet/')) return 'poplet';
  return /^@poplet\/[^/]+/u.exec(specifier)?.[0];
}

export function checkImports(): string[] {
  return workspacePackages().flatMap(({ folder, manifest }) => {
    const { name, dependencies = {} } = manifest;
    const declared = Object.keys(dependencies)
      .filter((dependency) => workspaceName(dependency) !== undefined)
      .filter((dependency) => !(MAY_IMPORT[name] ?? []).includes(dependency))
      .map((dependency) => `${folder}/package.json: ${name} may not depend on ${dependency}`);
    const imported = findFiles(`${folder}/{src,test}/**/*.{ts,tsx}`).flatMap((file) =>
      checkSource({ file, folder, packageName: name, text: readText(file) }),
    );
    return [...declared, ...imported];
  });
}
