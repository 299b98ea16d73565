import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Child } from '../child.ts';

const WITHIN_MS = 30_000;
const PAUSE_MS = 20;

/** Resolves when a server accepts connections. */
export async function listening(server: Child, port: number): Promise<void> {
  const deadlineMs = performance.now() + WITHIN_MS;
  while (!(await accepts(port))) {
    if (server.hasEnded) throw server.failure('ended before it listened');
    if (performance.now() > deadlineMs) throw server.failure('does not listen');
    await sleep(PAUSE_MS);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
