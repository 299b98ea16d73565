import type { Store } from '@poplet/store';
import { openDiskStore } from '@poplet/store/disk';
import { openKeyvStore } from '@poplet/store/keyv';
import { openRemoteStore } from '@poplet/store/remote';

/** Where responses outlive an edge. */
export type StorePlace =
  | { readonly kind: 'disk'; readonly folder: string }
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'keyv'; readonly url: string; readonly witnessFolder: string };

export async function openStore(
  place: StorePlace,
  onNotice: (text: string) => void,
): Promise<Store> {
  switch (place.kind) {
    case 'disk':
      return openDiskStore({ folder: place.folder, onNotice });
    case 'redis':
      return await openRemoteStore({ url: place.url, onNotice });
    case 'keyv': {
      const { url, witnessFolder } = place;
      return await openKeyvStore({ url, witnessFolder, onNotice });
    }
    default:
      return place satisfies never;
  }
}
