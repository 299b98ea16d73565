import type { FieldLines } from '@poplet/policy';

import type { HeaderScript } from './case.ts';

/** Field lines as scripted, in order; a list as a value stands for several lines. */
export function linesOf(script: HeaderScript | undefined): FieldLines {
  if (script === undefined) return [];
  if (isPairs(script)) return script.flatMap(([name, value]) => [name, value]);
  return Object.entries(script).flatMap(([name, value]) =>
    typeof value === 'string' ? [name, value] : value.flatMap((line) => [name, line]),
  );
}

function isPairs(
  script: HeaderScript,
): script is readonly (readonly [name: string, value: string])[] {
  return Array.isArray(script);
}
