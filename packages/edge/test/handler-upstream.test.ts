import { Server } from 'node:net';

import { afterEach, expect, it, vi } from 'vitest';

import { HandlerUpstream } from '../src/upstream/handler-upstream.ts';

afterEach(() => vi.restoreAllMocks());

it('an in-process handler does not begin to listen after its end', async () => {
  const onRequest = vi.fn<() => void>();
  const upstream = new HandlerUpstream({ handler: onRequest, onFault: () => {} });
  const listen = vi.spyOn(Server.prototype, 'listen');
  await upstream.close();
  await upstream.ready();
  expect(
    await upstream.ask(
      { method: 'GET', target: '/', lines: ['Host', 'origin.test'] },
      { signal: new AbortController().signal, mayIdle: false },
    ),
  ).toMatchObject({ kind: 'failure', failure: { message: 'the edge is closing' } });
  expect(onRequest).not.toHaveBeenCalled();
  expect(listen).not.toHaveBeenCalled();
});

it('an in-process handler that could not listen is tried again', async () => {
  const upstream = new HandlerUpstream({
    handler: (_request, response) => response.end('fine'),
    onFault: () => {},
  });
  vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function listen(this: Server) {
    queueMicrotask(() => this.emit('error', new Error('no descriptors left')));
    return this;
  });
  await expect(upstream.ready()).rejects.toThrow('no descriptors left');
  await upstream.ready();
  const reply = await upstream.ask(
    { method: 'GET', target: '/', lines: ['Host', 'origin.test'] },
    { signal: new AbortController().signal, mayIdle: false },
  );
  expect(reply).toMatchObject({ kind: 'response', head: { status: 200 } });
  await upstream.close();
});
