// A second reader of requests, which shares nothing with the edge's and forgives almost nothing: what it
// finds in some bytes is the only thing that can be found in them (RFC 9112).

export interface StrictRequest {
  readonly method: string;
  /** As the origin form: path and query. */
  readonly target: string;
  /** Of the absolute form, else Host; lower case. Empty where neither is there. */
  readonly host: string;
  /** Latin1, chunks put together. */
  readonly content: string;
}

export interface Reading {
  /** Whole requests, in their order. */
  readonly requests: readonly StrictRequest[];
  /** What came behind them: nothing, the beginning of a request, or what is none. */
  readonly rest: 'nothing' | 'beginning' | 'none';
}

/** A part that was read, and where it ends; or why not. */
type Part<T> = { readonly value: T; readonly end: number } | 'beginning' | 'none';

/** All requests that some bytes (latin1) begin with. */
export function readStrictly(bytes: string): Reading {
  const requests: StrictRequest[] = [];
  for (let at = 0; ;) {
    // RFC 9112 §2.2: empty lines before a request line are ignored.
    while (bytes[at] === '\r' || bytes[at] === '\n') at += 1;
    if (at === bytes.length) return { requests, rest: 'nothing' };
    const part = readRequest(bytes, at);
    if (typeof part === 'string') return { requests, rest: part };
    requests.push(part.value);
    at = part.end;
  }
}

interface Head {
  readonly method: string;
  readonly target: string;
  readonly isOld: boolean;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const REQUEST_LINE = /^(?<method>[A-Za-z-]+) +(?<target>[!-~]+) +HTTP\/1\.(?<minor>[01])$/u;
const FIELD_LINE =
  /^(?<name>[!#$%&'*+.^_`|~\w-]+):[\t ]*(?<value>(?:[!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?)[\t ]*$/u;

function readRequest(bytes: string, start: number): Part<StrictRequest> {
  const headEnd = bytes.indexOf('\r\n\r\n', start);
  if (headEnd === -1) return 'beginning';
  const head = readHead(bytes.slice(start, headEnd));
  if (head === undefined) return 'none';
  const content = readContent(bytes, headEnd + 4, head);
  if (typeof content === 'string') return content;
  const hosts = valuesOf(head, 'host');
  if (hosts.length > 1 || (hosts.length === 0 && !head.isOld)) return 'none';
  const absolute = /^http:\/\/(?<host>[^/?]+)(?<rest>.*)$/iu.exec(head.target)?.groups;
  const rest = absolute?.['rest'] ?? head.target;
  const value = {
    method: head.method,
    target: rest.startsWith('/') || absolute === undefined ? rest : `/${rest}`,
    host: (absolute?.['host'] ?? hosts[0] ?? '').toLowerCase(),
    content: content.value,
  };
  return { value, end: content.end };
}

function readHead(text: string): Head | undefined {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const groups = REQUEST_LINE.exec(requestLine)?.groups;
  if (groups === undefined) return undefined;
  const fields: [string, string][] = [];
  for (const line of lines) {
    const field = FIELD_LINE.exec(line)?.groups;
    if (field === undefined) return undefined;
    fields.push([(field['name'] as string).toLowerCase(), field['value'] as string]);
  }
  const { method = '', target = '', minor } = groups;
  return { method, target, isOld: minor === '0', fields };
}

function valuesOf({ fields }: Head, name: string): readonly string[] {
  return fields.filter(([each]) => each === name).map(([, value]) => value);
}

function readContent(bytes: string, start: number, head: Head): Part<string> {
  const lengths = valuesOf(head, 'content-length');
  const codings = valuesOf(head, 'transfer-encoding');
  if (lengths.length + codings.length > 1) return 'none';
  const [length] = lengths;
  if (length !== undefined) {
    if (!/^\d{1,15}$/u.test(length)) return 'none';
    const end = start + Number(length);
    return end > bytes.length ? 'beginning' : { value: bytes.slice(start, end), end };
  }
  if (codings[0] === undefined) return { value: '', end: start };
  return codings[0].toLowerCase() === 'chunked' ? readChunks(bytes, start) : 'none';
}

const CHUNK_LINE = /^(?<size>[\da-f]{1,15})(?:;[\t -~\u0080-\u00ff]*)?$/iu;

function readChunks(bytes: string, start: number): Part<string> {
  let content = '';
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return 'beginning';
    const line = CHUNK_LINE.exec(bytes.slice(at, lineEnd))?.groups;
    if (line === undefined) return 'none';
    const size = Number.parseInt(line['size'] as string, 16);
    at = lineEnd + 2;
    if (size === 0) {
      const end = trailersEnd(bytes, at);
      return typeof end === 'string' ? end : { value: content, end };
    }
    if (at + size + 2 > bytes.length) return 'beginning';
    if (bytes.slice(at + size, at + size + 2) !== '\r\n') return 'none';
    content += bytes.slice(at, at + size);
    at += size + 2;
  }
}

function trailersEnd(bytes: string, start: number): number | 'beginning' | 'none' {
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return 'beginning';
    if (lineEnd === at) return at + 2;
    if (!FIELD_LINE.test(bytes.slice(at, lineEnd))) return 'none';
    at = lineEnd + 2;
  }
}
