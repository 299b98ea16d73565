import { REASONS } from '@poplet/policy';
import type { Reason } from '@poplet/policy';

/** Values that the words of a reason speak of and that it does not bring, as `code {value}`. */
export function unfilledValues(reasons: readonly Reason[]): string[] {
  return reasons.flatMap(({ code, values = {} }) =>
    REASONS[code].summary
      .matchAll(/\{(?<name>\w+)\}/gu)
      .map((match) => match.groups?.['name'] ?? '')
      .filter((name) => values[name] === undefined)
      .map((name) => `${code} {${name}}`)
      .toArray(),
  );
}
