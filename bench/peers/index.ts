import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { createPoplet, type PopletOptions } from './poplet.ts';
import { varnish } from './varnish.ts';
import type { Peer } from './peer.ts';

/** Everyone who may take part. */
export function allPeers(poplet: PopletOptions): readonly Peer[] {
  return [createPoplet(poplet), nginx, varnish, haproxy];
}
