import type { FieldReader } from '../headers.ts';
import { remembered } from '../remembered.ts';
import { isToken, splitList } from './list.ts';

// RFC 9110 §7.6.1: known to require removal, whether or not they appear as a connection option.
// RFC 9110 §11.7: the Proxy-* fields are meant for the next hop only, which is this cache.
const ALWAYS: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
];

/**
 * Fields that stay although Connection nominates them. RFC 9111 §5.2: cache directives MUST be passed
 * on, and Cache-Control is never appropriate as a connection option (RFC 9110 §7.6.1). RFC 9110 §7.2:
 * without Host a request does not say which resource is meant. RFC 8586 §2: CDN-Loop is not to be
 * removed under any circumstances.
 */
const END_TO_END: ReadonlySet<string> = new Set(['cache-control', 'cdn-loop', 'host']);

/**
 * Lower-case names of the fields that concern this connection only: not forwarded (RFC 9110 §7.6.1), and
 * not stored (RFC 9111 §3.1), so that a stored header section can be sent as it is.
 */
export function hopByHopNames(reader: FieldReader): ReadonlySet<string> {
  return namesBeside(reader.lines('connection').join(','));
}

const namesBeside = remembered((options: string): ReadonlySet<string> => {
  const names = new Set(ALWAYS);
  for (const option of splitList(options)) {
    // RFC 9110 §7.6.1: connection options are tokens, case-insensitive; each names fields to remove.
    const name = option.toLowerCase();
    if (isToken(option) && !END_TO_END.has(name)) names.add(name);
  }
  return names;
});
