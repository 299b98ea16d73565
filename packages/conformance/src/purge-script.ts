import { IncomingFields, selectionOf, variantKeyOf } from '@poplet/policy';
import type { Policy, Purge, PurgeSelector } from '@poplet/policy';

import type { PathScript, PurgeScript } from './case.ts';
import { linesOf } from './header-script.ts';
import type { MacroValues } from './macros.ts';

/** The purge that a case asks for, in the place where the case runs. */
export function purgeOf(script: PurgeScript, values: MacroValues, policy: Policy): Purge {
  return {
    selector: selectorOf(script, values, policy),
    soft: script.soft ?? false,
    siteId: undefined,
  };
}

function selectorOf(script: PurgeScript, values: MacroValues, policy: Policy): PurgeSelector {
  const base = values.edgeOrigin + values.pathPrefix;
  if ('path' in script) return { kind: 'url', url: base + script.path };
  if ('anywhere' in script) return pathSelector(script, values, policy);
  if ('prefix' in script) return { kind: 'prefix', prefix: base + script.prefix };
  if ('tag' in script) return { kind: 'tag', tag: script.tag };
  if ('group' in script) return { kind: 'group', origin: values.edgeOrigin, group: script.group };
  if ('host' in script) return { kind: 'host', host: new URL(values.edgeOrigin).host };
  return { kind: 'everything' };
}

function pathSelector(
  { anywhere, folds, askedWith }: PathScript,
  { pathPrefix }: MacroValues,
  policy: Policy,
): PurgeSelector {
  return {
    kind: 'path',
    path: pathPrefix + anywhere,
    extent: 'exact',
    hostname: null,
    folds: folds === true,
    variantKey: askedWith === undefined ? null : keyOfVariant(linesOf(askedWith), policy),
  };
}

/** Under the fields of the key alone, as a response without Vary has it. */
function keyOfVariant(lines: readonly string[], policy: Policy): string {
  const { rule } = selectionOf(new IncomingFields([]), policy);
  return rule === null ? '' : variantKeyOf(rule, new IncomingFields(lines));
}
