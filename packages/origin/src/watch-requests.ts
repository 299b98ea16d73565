import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onSendAsyncHookHandler,
} from 'fastify';
import { disturbBody, disturbHead } from './fault-effects.ts';
import type { DueFault, FaultScript } from './faults.ts';
import type { BoundedJournal, JournalWriter } from './journal.ts';
import { readRequestPath } from './request-path.ts';

interface Watched {
  readonly journal: BoundedJournal;
  readonly faults: FaultScript;
  /** The folder's part in sending; faults come after it. */
  readonly guard: (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ) => Promise<unknown>;
}

/** Writes every request into the journal, and does to it what the fault script says. */
export function watchRequests(app: FastifyInstance, { journal, faults, guard }: Watched): void {
  const writers = new WeakMap<FastifyReply, JournalWriter>();
  const due = new WeakMap<FastifyReply, DueFault>();

  app.addHook('onRequest', async (request, reply) => {
    const writer = record(request, reply, journal);
    writers.set(reply, writer);
    const read = readRequestPath(request.originalUrl);
    if (read.kind !== 'path') return;
    const { pathname } = read.path;
    const taken = faults.take({
      method: request.method,
      pathname,
      host: request.headers.host ?? '',
    });
    if (taken === null) return;
    due.set(reply, taken);
    writer.fault({ kind: taken.fault.kind, pattern: taken.pattern });
    await disturbHead(taken.fault, request, reply);
  });

  app.addHook('onRequest', async (request, reply) => {
    // Before Fastify reads a body that nobody wants.
    if (!request.is404 || request.method === 'GET' || request.method === 'HEAD') return;
    reply.code(405).header('Allow', 'GET, HEAD').send('405: only GET and HEAD are answered here\n');
    await reply;
  });

  app.addHook('onSend', guard as onSendAsyncHookHandler);
  app.addHook('onSend', async (_request, reply, payload) => {
    const taken = due.get(reply);
    if (taken === undefined) return payload;
    const disturbed = disturbBody(taken.fault, payload, reply);
    if (disturbed !== payload && taken.fault.kind !== 'slow') writers.get(reply)?.cutShort();
    return disturbed;
  });
  app.addHook('onSend', async (_request, reply, payload) => {
    writers.get(reply)?.status(reply.statusCode);
    return payload;
  });
}

/** Opens the journal entry of a request, and closes it with the response. */
export function record(
  request: FastifyRequest,
  reply: FastifyReply,
  journal: BoundedJournal,
): JournalWriter {
  const writer = journal.begin({
    method: request.method,
    url: request.originalUrl,
    headers: joined(request.headers),
  });
  reply.raw.once('close', () => {
    const { headersSent, statusCode, writableFinished } = reply.raw;
    if (headersSent) writer.status(statusCode);
    writer.end(writableFinished);
  });
  return writer;
}

function joined(headers: FastifyRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
