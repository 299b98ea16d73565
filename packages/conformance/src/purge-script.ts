import type { Purge, PurgeSelector } from '@poplet/policy';

import type { PurgeScript } from './case.ts';
import type { MacroValues } from './macros.ts';

/** The purge that a case asks for, in the place where the case runs. */
export function purgeOf(script: PurgeScript, values: MacroValues): Purge {
  return { selector: selectorOf(script, values), soft: script.soft ?? false, siteId: undefined };
}

function selectorOf(script: PurgeScript, values: MacroValues): PurgeSelector {
  const base = values.edgeOrigin + values.pathPrefix;
  if ('path' in script) return { kind: 'url', url: base + script.path };
  if ('prefix' in script) return { kind: 'prefix', prefix: base + script.prefix };
  if ('tag' in script) return { kind: 'tag', tag: script.tag };
  if ('group' in script) return { kind: 'group', origin: values.edgeOrigin, group: script.group };
  if ('host' in script) return { kind: 'host', host: new URL(values.edgeOrigin).host };
  return { kind: 'everything' };
}
