import { PopletError } from '@poplet/policy';

/** What a person is told whose origin server gave no answer. `message`: why, in the words of the failure. */
export function upstreamUnreachable(message: string): PopletError {
  return new PopletError('upstream-unreachable', message, {
    hint: message.startsWith('TLS: ')
      ? 'if its certificate is one of your own making, name its CA: NODE_EXTRA_CA_CERTS=<file> poplet explain …'
      : 'start that server first, or check the URL',
  });
}
