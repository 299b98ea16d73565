import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

/** One server-sent event. Comments have the name `:`. */
interface ServerSentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
  readonly comment: string | undefined;
  readonly retry: string | undefined;
}

export interface EventReader {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly response: IncomingMessage;
  /** The next event that is no comment. Rejects when the stream ends. */
  next(): Promise<ServerSentEvent>;
  /** The next block of any kind. */
  nextBlock(): Promise<ServerSentEvent>;
  leave(): void;
}

/** Opens an event stream; left when the test ends. */
export async function readEvents(url: string, lastEventId?: string): Promise<EventReader> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const request = get(url, { headers, agent: false });
  onTestFinished(() => void request.destroy());
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  request.on('error', () => {});
  const blocks = blocksOf(response);

  async function nextBlock(): Promise<ServerSentEvent> {
    const { done, value } = await blocks.next();
    if (done === true) throw new Error('the stream ended');
    return value;
  }

  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    response,
    nextBlock,
    async next() {
      for (;;) {
        const block = await nextBlock();
        if (block.data !== undefined) return block;
      }
    },
    leave: () => void request.destroy(),
  };
}

async function* blocksOf(response: IncomingMessage): AsyncGenerator<ServerSentEvent, void> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield parse(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function parse(block: string): ServerSentEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return {
    id: fields.get('id'),
    event: fields.get('event'),
    data: fields.get('data'),
    comment: fields.get(''),
    retry: fields.get('retry'),
  };
}
