import { searchKeyOf, splitSearch, type StoredResponse } from '@poplet/policy';

import type { RecordPlace } from './remote-tier.ts';

// A response stands either under its own key or, where it answers for several queries, under its path.

/** All places that a request for this key has to look at. */
export function placesOf(primaryKey: string): readonly string[] {
  return [keyPlace(primaryKey), searchPlace(splitSearch(primaryKey).path)];
}

export function placeOf(response: StoredResponse): RecordPlace {
  const { primaryKey, variance, rule, variantKey } = response;
  if (variance === null) {
    return { place: keyPlace(primaryKey), variant: JSON.stringify([rule.id, variantKey]) };
  }
  const { path, search } = splitSearch(primaryKey);
  const variant = [variance.id, searchKeyOf(variance, search), rule.id, variantKey];
  return { place: searchPlace(path), variant: JSON.stringify(variant) };
}

/** What a place is the place of. */
export type PlaceKind =
  | { readonly kind: 'key'; readonly primaryKey: string }
  | { readonly kind: 'search'; readonly path: string };

export function readPlace(place: string): PlaceKind {
  return place.startsWith('s ')
    ? { kind: 'search', path: place.slice(2) }
    : { kind: 'key', primaryKey: place.slice(2) };
}

function keyPlace(primaryKey: string): string {
  return `k ${primaryKey}`;
}

function searchPlace(path: string): string {
  return `s ${path}`;
}
