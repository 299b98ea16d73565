import type { Policy } from '@poplet/policy';

import { type Setting, unchanged } from './configurable.ts';
import { geoFieldOf } from './visitor.ts';

/** An option that several CDNs have: whether what Authorization brought is shared. */
export function authorizationSetting(doubt: string): Setting<Policy> {
  return {
    name: 'authorization',
    summary:
      'what Authorization brought: cached where the response gives leave (with-leave), or like any other (shared)',
    standard: 'with-leave',
    values: {
      kind: 'choice',
      choices: {
        'with-leave': unchanged,
        shared: (before) => ({
          ...before,
          storability: { ...before.storability, authorization: 'shared' },
        }),
      },
    },
    doubt,
  };
}

/** The same for stale-if-error of responses. */
export function staleIfErrorSetting(doubt: string): Setting<Policy> {
  return {
    name: 'stale-if-error',
    summary: 'whether stale-if-error is obeyed',
    standard: 'obeyed',
    values: {
      kind: 'choice',
      choices: {
        obeyed: unchanged,
        ignored: (before) => ({ ...before, stale: { ...before.stale, ifError: false } }),
      },
    },
    doubt,
  };
}

/** The same for a key with the client's country in it. */
export function countrySetting(summary: string): Setting<Policy> {
  return {
    name: 'country',
    summary,
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({
          ...before,
          key: { ...before.key, fields: [...before.key.fields, geoFieldOf('country')] },
        }),
      },
    },
  };
}
