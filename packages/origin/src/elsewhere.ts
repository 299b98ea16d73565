import type { FastifyReply } from 'fastify';

/** Has another server answer: its response goes on as it comes, and its host is the one that is asked for. */
export function elsewhere(reply: FastifyReply, url: string): FastifyReply {
  const host = URL.parse(url)?.host;
  if (host === undefined) {
    // What was captured makes no host.
    return reply.code(502).type('text/plain; charset=utf-8').send(`502: ${url} is no URL\n`);
  }
  return reply.from(url, {
    rewriteRequestHeaders: (_request, headers) => ({ ...headers, host }),
    onError: (failed, { error }) => {
      failed.code(502).type('text/plain; charset=utf-8');
      failed.send(`502: ${host} cannot be reached: ${error.message}\n`);
    },
  });
}
