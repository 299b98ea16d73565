// The thread of one worker: it listens beside the others, answers what it has copies of, and hands all other
// requests to the keeper, byte by byte.

import { createServer, type AddressInfo } from 'node:net';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import { readInPlace } from '../fast-lane/read-in-place.ts';
import { SectionTable } from '../fast-lane/section.ts';
import { Copies } from './copies.ts';
import { transferOf, type ToKeeper, type ToWorker, type WorkerSetting } from './messages.ts';
import { RecordRing } from './record-ring.ts';
import { RelayedConnections } from './relayed-connections.ts';
import { SharedConditions } from './shared-conditions.ts';

/** What the copies of all workers together may take in memory, in round figures. */
const COPIES_BYTES = 64 * 1024 * 1024;

const keeper = parentPort as MessagePort;
const setting = workerData as WorkerSetting;
const { worker, count, conditions: memory, records, limits, port, host } = setting;
const conditions = new SharedConditions(memory);
const tell = (message: ToKeeper): void => keeper.postMessage(message, transferOf(message));

const sections = new SectionTable();
const copies = new Copies({
  limits,
  conditions,
  records: new RecordRing(records),
  sections,
  maxBytes: COPIES_BYTES / count,
  onForgotten: (copyIds) => tell({ kind: 'forgotten', copyIds }),
  onFault: (error) => tell({ kind: 'fault', error }),
});
const connections = new RelayedConnections({
  copies,
  sections,
  limits,
  conditions,
  worker,
  tell,
});

const options = { noDelay: true, allowHalfOpen: true, pauseOnConnect: true };
const server = createServer(options, (socket) => connections.accept(readInPlace(socket)));
server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
  tell({ kind: 'failed', code, message }),
);
server.listen({ port, host, reusePort: true }, () => {
  server.removeAllListeners('error').on('error', (error) => tell({ kind: 'fault', error }));
  tell({ kind: 'listening', port: (server.address() as AddressInfo).port });
});

keeper.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'copy':
      copies.take(message.copy);
      return;
    case 'stop':
      server.close();
      connections.close();
      keeper.close();
      return;
    case 'data':
    case 'taken':
    case 'end':
    case 'close':
    case 'answered':
      connections.take(message);
      return;
    default:
      message satisfies never;
  }
});
