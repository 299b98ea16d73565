/** RFC 9113 §8.2.2: what HTTP/2 has frames for, or nothing at all, in either direction. */
export const CONNECTION_FIELDS: readonly string[] = [
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
];
