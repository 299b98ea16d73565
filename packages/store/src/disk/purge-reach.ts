import type { PathSelector, PurgeSelector } from '@poplet/policy';

import { normalizedUrl } from '../purge-scope.ts';
import { hostPartsOf, uriPartsOf } from '../uri-parts.ts';
import { uriPrefixOf } from '../uri-prefix.ts';

/** A condition of SQL over the rows of `entry`, with its values. */
export interface Reach {
  readonly condition: string;
  readonly values: readonly string[];
}

/** Rows that a purge may reach: all that it does, and as few others as SQL can tell. */
export function reachOf(selector: PurgeSelector): Reach {
  switch (selector.kind) {
    case 'everything':
      return { condition: 'TRUE', values: [] };
    case 'url': {
      const url = normalizedUrl(selector.url);
      const target = uriPartsOf(url)?.target ?? url;
      const path = target.replace(/\?.*$/su, '');
      // What answers for other queries of its path stands in a place with a space at its end.
      return {
        condition: `(substr(primaryKey, -length(?)) = ? OR (substr(place, -1) = ' ' AND instr(primaryKey, ?) > 0))`,
        values: [` ${url}`, ` ${url}`, path],
      };
    }
    case 'host':
      return onHost(hostPartsOf(selector.host)?.hostname ?? selector.host);
    case 'prefix':
      return onHost(uriPrefixOf(selector.prefix)?.hostname);
    case 'path':
      return atPath(selector);
    case 'tag':
      return withLabel(selector.tag);
    case 'group':
      return withLabel(selector.group);
    default:
      return selector satisfies never;
  }
}

function atPath({ path, hostname, folds }: PathSelector): Reach {
  const { condition, values } = onHost(hostname ?? '');
  // What answers for other queries of its path is reached by any of them.
  const text = path.replace(/\?.*$/su, '');
  const key = folds ? 'lower(primaryKey)' : 'primaryKey';
  return {
    condition: `(${condition} AND instr(${key}, ?) > 0)`,
    values: [...values, folds ? text.toLowerCase() : text],
  };
}

function onHost(hostname: string | undefined): Reach {
  // A prefix without a host reaches nothing.
  if (hostname === undefined) return { condition: 'FALSE', values: [] };
  return { condition: 'instr(primaryKey, ?) > 0', values: [`//${hostname}`] };
}

function withLabel(label: string): Reach {
  return { condition: 'instr(labels, ?) > 0', values: [JSON.stringify(label)] };
}
