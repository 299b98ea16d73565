import { connect, type ClientHttp2Session } from 'node:http2';

import type { FieldLines, InformationalHead } from '@poplet/policy';

import { lengthOf, type ClientAnswer, type ClientRequest } from './raw-client.ts';

/** Sends requests over HTTP/2 as they are written, and hides nothing of the answer. */
export class Http2Client {
  readonly #ca: string;
  readonly #sessions = new Map<string, ClientHttp2Session>();

  /** `ca`: the certificate that the edges are trusted by. */
  constructor(ca: string) {
    this.#ca = ca;
  }

  ask({ url, method, target, lines, body: sent }: ClientRequest): Promise<ClientAnswer> {
    const { protocol, host } = new URL(url);
    const session = this.#sessionTo(url);
    const pseudo = [':method', method, ':scheme', protocol.slice(0, -1), ':path', target];
    const fields = [...pseudo, ...asHttp2([...lines, ...lengthOf(sent)], host)];
    return new Promise((resolve, reject) => {
      const stream = session.request(fields, { endStream: sent === undefined });
      const informational: InformationalHead[] = [];
      let status = 0;
      let answered: FieldLines = [];
      let trailers: FieldLines = [];
      const chunks: Buffer[] = [];
      let error: Error | undefined;
      stream.on('headers', (head, _flags, raw) =>
        informational.push({ status: head[':status'] ?? 0, lines: fieldsOf(raw) }),
      );
      stream.on('response', (head, _flags, raw) => {
        status = head[':status'] ?? 0;
        answered = fieldsOf(raw);
      });
      stream.on('trailers', (_head, _flags, raw) => {
        trailers = fieldsOf(raw);
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A stream that is reset is an observation, once there is an answer.
      stream.on('error', (one) => {
        error = one;
      });
      stream.on('close', () => {
        if (status === 0) {
          reject(error ?? new Error('the stream was closed without an answer'));
          return;
        }
        const cutOff = error !== undefined || stream.rstCode !== 0;
        const content = Buffer.concat(chunks);
        const body = content.toString('utf8');
        resolve({ status, lines: answered, body, content, cutOff, trailers, informational });
      });
      if (sent !== undefined) stream.end(sent);
    });
  }

  #sessionTo(url: string): ClientHttp2Session {
    const known = this.#sessions.get(url);
    if (known !== undefined && !known.closed) return known;
    const options = {
      ca: this.#ca,
      settings: { enablePush: false },
      maxHeaderListPairs: 1000,
      // Duplicates are what some cases are about. @types/node does not know the option.
      strictSingleValueFields: false,
    };
    const session = connect(url, options);
    // Its streams say what happened.
    session.on('error', () => {});
    this.#sessions.set(url, session);
    return session;
  }

  close(): void {
    for (const session of this.#sessions.values()) session.destroy();
  }
}

/** RFC 9113 §8.2: names in lower case, nothing of the connection; §8.3.1: Host is `:authority`. */
function asHttp2(lines: FieldLines, ownHost: string): string[] {
  const fields: string[] = [];
  let authority: string | undefined;
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    const value = lines[index + 1] as string;
    if (name === 'host' && authority === undefined) authority = value;
    else fields.push(name, value);
  }
  return [':authority', authority ?? ownHost, ...fields];
}

/** Field lines without pseudo-header fields. */
function fieldsOf(raw: readonly string[]): FieldLines {
  return raw.filter((_, index) => !(raw[index - (index % 2)] as string).startsWith(':'));
}
