import type { Purge } from '@poplet/policy';

import type { Labels, Place } from './purge-steps.ts';

export interface ModelEntry extends Place, Labels {
  readonly body: string;
  readonly fetchedSeq: number;
  validatedSeq: number;
}

interface ModelPurge {
  readonly seq: number;
  readonly atMs: number;
  readonly purge: Purge;
}

/** By the words of the design alone: every purge is kept for ever, and compared with every entry. */
export class PurgeModel {
  readonly #purges: ModelPurge[] = [];
  readonly entries = new Map<string, ModelEntry>();
  sequence = 0;

  purge(purges: readonly Purge[], atMs: number): void {
    this.sequence++;
    for (const one of purges) this.#purges.push({ seq: this.sequence, atMs, purge: one });
    for (const [key, entry] of this.entries) if (this.isGone(entry)) this.entries.delete(key);
  }

  isGone(entry: ModelEntry): boolean {
    return this.#purges.some(
      ({ seq, purge: one }) => !one.soft && entry.fetchedSeq < seq && reaches(one, entry),
    );
  }

  softAtMs(entry: ModelEntry): number | undefined {
    return this.#purges.find(
      ({ seq, purge: one }) => one.soft && entry.validatedSeq < seq && reaches(one, entry),
    )?.atMs;
  }
}

function reaches({ selector: by, siteId }: Purge, entry: ModelEntry): boolean {
  if (siteId !== undefined && siteId !== entry.siteId) return false;
  const { protocol, hostname, port, origin, href } = new URL(entry.uri);
  const afterScheme = entry.uri.slice(protocol.length + 2);
  switch (by.kind) {
    case 'everything':
      return true;
    case 'tag':
      return entry.tags.includes(by.tag);
    case 'group':
      return by.origin === origin && entry.groups.includes(by.group);
    case 'url':
      return by.url === href;
    case 'path': {
      const target = entry.uri.slice(origin.length);
      const asked = by.folds ? by.path.replace(/\?.*/, '').toLowerCase() : by.path;
      const held = by.folds ? target.replace(/\?.*/, '').toLowerCase() : target;
      return (
        (by.hostname === null || by.hostname === hostname) &&
        (by.extent === 'exact' ? held === asked : held.startsWith(asked))
      );
    }
    case 'host':
      return [hostname, `${hostname}:${port === '' ? '443' : port}`].includes(by.host);
    case 'prefix':
      return (
        entry.uri.startsWith(by.prefix) ||
        afterScheme.startsWith(by.prefix) ||
        afterScheme.replace(/:\d+/, '').startsWith(by.prefix)
      );
    default:
      return by satisfies never;
  }
}

export function placeName({ siteId, uri, variant }: Place): string {
  return `${siteId} ${uri} ${variant}`;
}
