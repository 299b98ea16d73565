import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends bytes as they are, and gives back status and body: for heads that no client library would send. */
export async function rawRequest(
  port: number,
  head: readonly string[],
  host = '127.0.0.1',
): Promise<{ readonly status: number; readonly body: string }> {
  const socket = connect({ host, port });
  socket.write([...head, 'Connection: close', '', ''].join('\r\n'));
  const answer = await text(socket);
  const [responseHead = '', body = ''] = answer.split('\r\n\r\n', 2);
  return { status: Number(responseHead.split(' ', 2)[1]), body };
}
