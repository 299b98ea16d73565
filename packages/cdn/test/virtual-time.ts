// Virtual time as a person uses it: createCdn, its admin API over HTTP, and an origin server whose
// clock and Date are real.
//
//   node --conditions=source packages/cdn/test/virtual-time.ts advanced|frozen

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { type Cdn, createCdn } from '../src/index.ts';

/** As tools/figures has it. */
interface FigureResult {
  readonly holds: boolean;
  readonly measured: Readonly<Record<string, number | string | boolean>>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a person does: ask for a page, and use the admin API. */
class Person {
  readonly #cdn: Cdn;

  constructor(cdn: Cdn) {
    this.#cdn = cdn;
  }

  pageUrl(path: string): string {
    return new URL(path, this.#cdn.url).href;
  }

  async ask(path: string): Promise<string> {
    return (await fetch(this.pageUrl(path))).text();
  }

  async bodiesOf(path: string, times: number): Promise<string[]> {
    const bodies: string[] = [];
    while (bodies.length < times) bodies.push(await this.ask(path));
    return bodies;
  }

  async post(resource: string, body: object): Promise<void> {
    const response = await fetch(new URL(`/poplet/v1/${resource}`, this.#cdn.adminUrl), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`POST ${resource}: ${response.status} ${await response.text()}`);
  }

  /** Outcomes of the exchanges so far, and what the upstream answered where it was asked. */
  async journal(): Promise<string> {
    const response = await fetch(new URL('/poplet/v1/journal?limit=1000', this.#cdn.adminUrl));
    const { exchanges } = (await response.json()) as {
      exchanges: readonly { outcome: string; upstreamStatus: number | null }[];
    };
    return exchanges
      .map(({ outcome, upstreamStatus }) =>
        upstreamStatus === null ? outcome : `${outcome} ${upstreamStatus}`,
      )
      .join(', ');
  }
}

async function withCdn<T>(handler: Handler, use: (person: Person) => Promise<T>): Promise<T> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cdn = await createCdn({
    sites: [{ source: `http://127.0.0.1:${port}` }],
    workers: Number(process.env['POPLET_TEST_WORKERS'] ?? 1),
  });
  try {
    return await use(new Person(cdn));
  } finally {
    await cdn.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Time goes on by 2 minutes, `max-age=60`: one 304, and then hits. */
export async function advanced(): Promise<FigureResult> {
  let fullAnswers = 0;
  let notModified = 0;
  // node:http adds the Date of now.
  const handler: Handler = (request, response) => {
    response.setHeader('Cache-Control', 'max-age=60');
    response.setHeader('ETag', '"v1"');
    if (request.headers['if-none-match'] === '"v1"') {
      notModified += 1;
      response.writeHead(304).end();
      return;
    }
    fullAnswers += 1;
    response.end('page');
  };
  return withCdn(handler, async (person) => {
    await person.bodiesOf('/page', 3);
    await person.post('clock', { advance: '2m' });
    const bodies = await person.bodiesOf('/page', 10);
    const journal = await person.journal();
    const hits = Array.from({ length: 9 }, () => 'hit');
    const holds =
      fullAnswers === 1 &&
      notModified === 1 &&
      bodies.every((body) => body === 'page') &&
      journal === ['miss 200', 'hit', 'hit', 'revalidated 304', ...hits].join(', ');
    return { holds, measured: { fullAnswers, notModified, journal } };
  });
}

/** Time stands still: what a purge reaches depends on what happened before it, not on instants. */
export async function frozen(): Promise<FigureResult> {
  let answers = 0;
  let version = 1;
  const heldBack = Promise.withResolvers<() => void>();
  let hold = false;
  const handler: Handler = (request, response) => {
    answers += 1;
    const body = `version ${version}`;
    const etag = `"${version}"`;
    const answer = (): void => {
      response.setHeader('Cache-Control', 'max-age=60');
      response.setHeader('ETag', etag);
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.end(body);
    };
    if (hold) heldBack.resolve(answer);
    else answer();
  };
  return withCdn(handler, async (person) => {
    const url = person.pageUrl('/page');
    const seen: string[] = [];
    const look = async (times: number): Promise<void> => {
      seen.push(...(await person.bodiesOf('/page', times)));
    };
    await person.post('clock', { freeze: true });
    // Two stores of one key with a purge between them: the first is gone, the second stays.
    await look(2);
    version = 2;
    await person.post('purge', { url });
    await look(3);
    // A fetch that began before a purge is not stored after it.
    version = 3;
    await person.post('purge', { url });
    hold = true;
    const underWay = person.ask('/page');
    const letGo = await heldBack.promise;
    version = 4;
    hold = false;
    await person.post('purge', { url });
    letGo();
    seen.push(await underWay);
    await look(2);
    // A soft purge costs one 304, and no more.
    await person.post('purge', { url, soft: true });
    await look(3);
    const journal = await person.journal();
    const expectedBodies = [1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 4].map((each) => `version ${each}`);
    const expectedJournal = [
      'miss 200, hit',
      'miss 200, hit, hit',
      'miss 200, miss 200, hit',
      'revalidated 304, hit, hit',
    ];
    const holds =
      answers === 5 &&
      seen.join() === expectedBodies.join() &&
      journal === expectedJournal.join(', ');
    return { holds, measured: { answers, bodies: seen.join(', '), journal } };
  });
}

if (import.meta.main) {
  const measure = { advanced, frozen }[process.argv[2] ?? ''];
  if (measure === undefined) throw new Error('Say what to measure: advanced | frozen');
  console.log(JSON.stringify(await measure()));
}
