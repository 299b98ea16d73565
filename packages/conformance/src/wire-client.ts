import { connect } from 'node:net';

import type { RawBytes } from './case.ts';
import type { Observation } from './observation.ts';
import { parseResponses } from './raw-http.ts';
import type { RawResponse } from './raw-http.ts';

export interface WireRequest {
  readonly url: string;
  /** Of the request that the bytes begin with. */
  readonly method: string;
  readonly raw: RawBytes;
  /** Final answers to listen for. */
  readonly answers: number;
  /** Whether to listen on until the edge ends the connection. */
  readonly untilClosed: boolean;
}

type WireAnswer = Pick<
  Observation,
  | 'status'
  | 'lines'
  | 'body'
  | 'content'
  | 'cutOff'
  | 'trailers'
  | 'informational'
  | 'followedBy'
  | 'isClosed'
>;

/** Answers come within a few ms; the rest is for a busy machine. */
const LISTEN_MS = 15_000;

/** Sends bytes over a connection of their own, and reads the answers with no library that repairs or hides. */
export function say(request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(request.url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let isReset = false;
    const socket = connect(Number(port), hostname);
    const stop = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      try {
        resolve(read(request, Buffer.concat(chunks), { isClosed, isReset }));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const timer = setTimeout(() => stop(false), LISTEN_MS);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (!request.untilClosed && isAnswered(request, Buffer.concat(chunks))) stop(false);
    });
    socket.on('error', () => {
      isReset = true;
    });
    socket.on('close', () => stop(true));
    const { bytes, end, endsWhenHeard = false } = request.raw;
    const finish = (): void => {
      if (end === 'FIN') socket.end();
      if (end === 'RST') socket.resetAndDestroy();
    };
    socket.write(bytes, 'latin1');
    if (endsWhenHeard) socket.once('data', finish);
    else finish();
  });
}

function isAnswered({ method, answers }: WireRequest, bytes: Buffer): boolean {
  const { responses } = parseResponses(bytes, [method]);
  return responses.filter(isWholeFinal).length >= answers;
}

function isWholeFinal({ status, isComplete }: RawResponse): boolean {
  return status >= 200 && isComplete;
}

function read(
  { method }: WireRequest,
  bytes: Buffer,
  { isClosed, isReset }: { readonly isClosed: boolean; readonly isReset: boolean },
): WireAnswer {
  const { responses } = parseResponses(bytes, [method]);
  const interim = responses.filter(({ status }) => status < 200);
  const [answer, ...further] = responses.filter(({ status }) => status >= 200);
  if (answer === undefined) {
    throw new Error(`no HTTP/1.1 answer in ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  const isWhole = answer.isComplete || (answer.framing === 'close' && isClosed && !isReset);
  return {
    status: answer.status,
    lines: answer.fields.flat(),
    body: answer.body.toString('utf8'),
    content: answer.body,
    cutOff: !isWhole,
    trailers: [],
    informational: interim.map(({ status, fields }) => ({ status, lines: fields.flat() })),
    followedBy: further.map(({ status }) => status),
    isClosed,
  };
}
