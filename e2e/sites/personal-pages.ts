import { Readable } from 'node:stream';
import type { Origin } from '@poplet/origin';
import { rendezvous } from './rendezvous.ts';

/** Counts on each request; `no-store`. */
export const COUNTER_PATH = '/personal/counter';
/** Greets the user that the cookie `user` names; `private`, and never complete before two have asked. */
export const GREETING_PATH = '/personal/greeting';

// Without an icon of its own a page has browsers ask for /favicon.ico.
function head(title: string): string {
  return `<!doctype html><title>${title}</title><link rel="icon" href="data:,">`;
}

/** Adds two pages that are made per request to a server of files. */
export function addPersonalPages({ app }: Origin): void {
  let times = 0;
  app.get(COUNTER_PATH, (_request, reply) => {
    times += 1;
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(`${head('Counter')}<p id="times">${times}</p>`);
  });

  const meeting = rendezvous(2);
  app.get(GREETING_PATH, (request, reply) => {
    const user = /(?:^|; )user=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? 'stranger';
    async function* halves(): AsyncGenerator<string> {
      yield `${head('Greeting')}<p>Good morning, ${user}</p>`;
      await meeting.arrive();
      yield `<p>Good night, ${user}</p>`;
    }
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('cache-control', 'private, max-age=300')
      .send(Readable.from(halves()));
  });
}
