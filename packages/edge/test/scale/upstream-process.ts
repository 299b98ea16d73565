// An upstream that answers well until it is told how to fail. Sends its port, and a word when it has failed.

import { createServer } from 'node:net';

const BODY = 'what was stored before';
const ANSWER = [
  'HTTP/1.1 200 OK',
  'Cache-Control: max-age=60, stale-if-error=6000',
  `Content-Length: ${BODY.length}`,
  // So that no connection outlives the failure.
  'Connection: close',
  '',
  BODY,
].join('\r\n');

let way = 'well';
const server = createServer((socket) => {
  socket.on('error', () => {});
  if (way === 'closes on accept') socket.end();
  else if (way === 'resets on accept') socket.resetAndDestroy();
  else socket.once('data', () => socket.end(ANSWER));
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  process.send?.((server.address() as { readonly port: number }).port);
});
process.on('message', (told: string) => {
  way = told;
  if (way === 'nothing listens') server.close();
  process.send?.('told');
});
