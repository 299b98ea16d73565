// HTTP/1.1 as bytes: what a client really received, without a library that repairs or hides.

/** One response, taken literally. */
export interface RawResponse {
  readonly status: number;
  readonly reasonPhrase: string;
  /** As sent, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  /** Chunks put together. */
  readonly body: Buffer;
  /** False when the bytes end before the response does. A body framed by the close is never known to be complete. */
  readonly isComplete: boolean;
  /** Bytes after its end. */
  readonly rest: Buffer;
}

/** The values of a field, by its name in any case. */
export function valuesOf({ fields }: RawResponse, name: string): string[] {
  return fields
    .filter(([each]) => each.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/**
 * Reads the first response in some bytes. Undefined when there is no whole head, or when it is
 * anything but strict HTTP/1.1.
 */
export function parseResponse(bytes: Buffer, requestMethod = 'GET'): RawResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const groups = /^HTTP\/1\.1 (?<status>\d{3}) (?<reasonPhrase>[\t -~]*)$/u.exec(
    statusLine,
  )?.groups;
  if (groups === undefined) return undefined;
  const fields: (readonly [string, string])[] = [];
  for (const line of lines) {
    const match =
      /^(?<name>[!#$%&'*+.^_`|~\w-]+):[\t ]*(?<value>[\t -~\u0080-\u00ff]*?)[\t ]*$/u.exec(line);
    if (match?.groups === undefined) return undefined;
    fields.push([match.groups['name'] as string, match.groups['value'] as string]);
  }
  const head = {
    status: Number(groups['status']),
    reasonPhrase: groups['reasonPhrase'] as string,
    fields,
  };
  return { ...head, ...bodyOf(head, bytes.subarray(headEnd + 4), requestMethod) };
}

/** Every response in some bytes, and what is left of them. 1xx are responses of their own. */
export function parseResponses(
  bytes: Buffer,
  methods: readonly string[] = [],
): { readonly responses: readonly RawResponse[]; readonly rest: Buffer } {
  const responses: RawResponse[] = [];
  let rest = bytes;
  let answered = 0;
  for (;;) {
    const response = parseResponse(rest, methods[answered]);
    if (response === undefined) return { responses, rest };
    responses.push(response);
    ({ rest } = response);
    if (response.status >= 200) answered += 1;
    if (!response.isComplete) return { responses, rest };
  }
}

type Body = Pick<RawResponse, 'framing' | 'body' | 'isComplete' | 'rest'>;
type Head = Pick<RawResponse, 'status' | 'fields'>;

const NOTHING = Buffer.alloc(0);

// RFC 9112 §6.3
function bodyOf({ status, fields }: Head, bytes: Buffer, requestMethod: string): Body {
  const isBodiless = requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304;
  if (isBodiless) return { framing: 'none', body: NOTHING, isComplete: true, rest: bytes };
  const named = (name: string): string[] =>
    fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
  const codings = named('transfer-encoding');
  const lengths = named('content-length');
  if (codings.length + lengths.length > 1) throw new Error('a response with two framings');
  if (codings[0] === 'chunked') return chunkedBody(bytes);
  if (lengths[0] !== undefined) {
    const length = Number(lengths[0]);
    const body = bytes.subarray(0, length);
    return {
      framing: 'length',
      body,
      isComplete: body.length === length,
      rest: bytes.subarray(length),
    };
  }
  return { framing: 'close', body: bytes, isComplete: false, rest: NOTHING };
}

function chunkedBody(bytes: Buffer): Body {
  const chunks: Buffer[] = [];
  const framing = 'chunked';
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = lineEnd === -1 ? '' : bytes.toString('latin1', at, lineEnd);
    if (!/^[\da-f]+$/iu.test(size)) break;
    at = lineEnd + 2;
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      // The trailer section ends with an empty line.
      const end = bytes.indexOf('\r\n', at) === at ? at : bytes.indexOf('\r\n\r\n', at) + 2;
      if (end < at) break;
      return {
        framing,
        body: Buffer.concat(chunks),
        isComplete: true,
        rest: bytes.subarray(end + 2),
      };
    }
    chunks.push(bytes.subarray(at, at + length));
    if (bytes.toString('latin1', at + length, at + length + 2) !== '\r\n') break;
    at += length + 2;
  }
  return { framing, body: Buffer.concat(chunks), isComplete: false, rest: NOTHING };
}
