import { randomBytes } from 'node:crypto';
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { hasContent, IncomingFields, PopletError } from '@poplet/policy';
import { createMemoryStore } from '@poplet/store';
import type { Client } from './client.ts';
import { Coder } from './codings/coder.ts';
import { createClock, monotonicMs } from './clock.ts';
import type { Edge, EdgeOptions } from './edge-api.ts';
import type { EdgeContext } from './edge-context.ts';
import { errorOf } from './error-of.ts';
import { FastLane } from './fast-lane/fast-lane.ts';
import { Flights } from './flights.ts';
import { comparePolicies } from './compare.ts';
import { explainRequest } from './explain.ts';
import { Http1Changeover } from './http1/changeover.ts';
import { Http1Client, type ClientOptions } from './http1/client.ts';
import { createJournal } from './journal.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { Listeners, type Arrivals } from './listener.ts';
import { Marks } from './marks.ts';
import { requestDefaults } from './request-defaults.ts';
import { recordUnreadable } from './pipeline/record.ts';
import { run } from './pipeline/run.ts';
import { shareClock } from './share-clock.ts';
import type { Changeover } from './pipeline/tunnel.ts';
import { Sites } from './site.ts';
import { createTasks } from './tasks.ts';
import { watchClock } from './watch-clock.ts';
import { Keeper } from './workers/keeper.ts';
import { MAX_WORKERS } from './workers/shared-conditions.ts';
import { keyedPurges } from './keyed-purges.ts';
import { journalOf } from './workers/worker-journal.ts';

const JOURNAL_BYTES = 8 * 1024 * 1024;
// A body of unknown length takes so much memory before it is given up: the process stays below 200 MB.
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const COLLAPSE_WAIT_MS = 10_000;

/**
 * Makes one point of presence. Throws PopletError `no-sites`, `duplicate-site`, `invalid-option` or
 * `bad-upstream-url` when the options cannot be.
 */
export function createEdge(options: EdgeOptions): Edge {
  const onFault = options.onFault ?? warn;
  const store = options.store ?? createMemoryStore({ maxBodyBytes: MAX_BODY_BYTES });
  const ownClock = options.clock ?? createClock();
  const clock = watchClock(
    store.clock === undefined ? ownClock : shareClock(ownClock, store.clock),
    () => keeper?.clockMoved(clock),
  );
  const journal = journalOf(
    createJournal({ maxBytes: options.journalBytes ?? JOURNAL_BYTES }),
    () => keeper?.drain(),
  );
  const state = { bypass: false, isClosing: false, deployments: 0, deployment: '0' };
  /** Being answered. */
  const clients = new Set<Client>();
  const clientOf = new WeakMap<ServerResponse, Client>();
  const edge: EdgeContext = {
    sites: new Sites(options.sites, {
      edgeId: options.id ?? randomBytes(6).toString('hex'),
      onFault,
    }),
    store,
    clock,
    tasks: createTasks(onFault),
    journal,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    flights: new Flights(),
    coder: new Coder(),
    withDefaults: requestDefaults(options.requestDefaults ?? {}),
    doNotCollapse: new Marks(),
    refreshHeldBack: new Marks(),
    tunnels: new Set(),
    collapseWaitMs: options.collapseWaitMs ?? COLLAPSE_WAIT_MS,
    async purge(purges) {
      const purged = store.purge(keyedPurges(purges, edge), clock.nowMs());
      // What began before the purge must not answer what comes after it.
      edge.flights.unlistAll();
      const sequence = typeof purged === 'number' ? purged : await purged;
      return { sequence };
    },
    purgeMethod: options.purgeMethod,
    onFault,
    get exchanges() {
      return clients.size + (fastLane?.underWay ?? 0);
    },
    get bypass() {
      return state.bypass;
    },
    get isClosing() {
      return state.isClosing;
    },
    get deployment() {
      return state.deployment;
    },
  };

  const fastLane =
    options.fastLane === false ? undefined : new FastLane(edge, (client) => begin(client));
  store.onPurgedElsewhere?.(() => edge.flights.unlistAll());
  const receipt = (): { readonly virtualMs: number; readonly monotonicMs: number } => ({
    virtualMs: clock.nowMs(),
    monotonicMs: monotonicMs(),
  });
  const { writeTimeoutMs, contentBytes } = edge.limits;
  // Nothing waits for an exchange; what it could not handle itself is a fault.
  const begin = (client: Client, changeover?: Changeover): void => {
    clients.add(client);
    run(client, edge, changeover)
      .catch((error: unknown) => onFault('exchange', error))
      .finally(() => clients.delete(client));
  };
  const clientOn = (
    request: IncomingMessage,
    response: ServerResponse,
    clientOptions: ClientOptions,
  ): Http1Client => {
    const client = new Http1Client(request, response, {
      ...clientOptions,
      writeTimeoutMs,
      contentBytes,
    });
    clientOf.set(response, client);
    return client;
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): ServerResponse => {
    const response = responseOn(socket, request);
    const client = new Http1Client(request, response, { writeTimeoutMs });
    clientOf.set(response, client);
    const onHandedOver = (): void => listeners.handOver(socket);
    const changeover = new Http1Changeover({ socket, earlyBytes: head, response, onHandedOver });
    begin(client, isTunnelled(request) ? changeover : undefined);
    return response;
  };
  const arrivals: Arrivals = {
    realNowMs: () => clock.realNowMs(),
    clientOn,
    onRequest: begin,
    onUpgrade: upgrade,
    mayUpgrade: isTunnelled,
    onFault,
    onUnreadable: (problem, { method, url }, isSent = true) => {
      recordUnreadable(
        { problem, method, url, receivedAt: receipt(), bodyBytes: 0, isComplete: isSent },
        edge,
      );
    },
    onCutShort: (response, problem) => {
      const client = clientOf.get(response);
      client?.refuse(problem);
      return client !== undefined;
    },
  };
  const listeners = new Listeners(edge.limits, arrivals, fastLane);
  const { workers = 1 } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new PopletError(
      'invalid-option',
      `there can be 1 to ${MAX_WORKERS} workers, not ${workers}`,
    );
  }
  const keeper =
    fastLane === undefined || workers === 1
      ? undefined
      : new Keeper({
          count: workers,
          edge,
          lane: fastLane,
          // Workers know the system's time, and no other.
          mayPublish: options.clock === undefined,
          accept: (socket) => listeners.acceptRelayed(socket),
        });

  return {
    handler: (request, response) => begin(clientOn(request, response, {})),
    upgrade: (request, socket, head) => {
      try {
        upgrade(request, socket, head);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_HTTP_SOCKET_ASSIGNED') throw error;
        // Of a mounted edge: an answer to what came before is still to go over this connection.
        socket.destroy();
      }
    },
    // Over TLS there is no lane but this thread's.
    listen: (listenOptions) =>
      keeper === undefined || listenOptions.tls !== undefined
        ? listeners.listen(listenOptions)
        : keeper.listen(listenOptions),
    async close() {
      state.isClosing = true;
      await keeper?.close();
      await listeners.close();
      for (const socket of edge.tunnels) socket.destroy();
      // Of a mounted edge: their connections are another's.
      for (const client of clients) client.cut();
      edge.flights.giveUpAll(new Error('the edge is closing'));
      edge.coder.close();
      await Promise.all(edge.sites.all.map((site) => site.upstream.close()));
      await edge.tasks.idle();
      await store.close();
    },
    purge: (purges) => edge.purge(purges),
    explain: (request) => explainRequest(request, edge),
    compare: (request, policies) => comparePolicies(request, policies, edge),
    clock,
    tasks: edge.tasks,
    journal,
    store,
    sites: edge.sites.all,
    get bypass() {
      return state.bypass;
    },
    set bypass(isOn) {
      state.bypass = isOn;
      keeper?.changed();
    },
    deploy() {
      state.deployments += 1;
      // Unlike any before it, also where a store outlives the process.
      state.deployment = `${clock.realNowMs().toString(36)}-${state.deployments}`;
      keeper?.changed();
      return state.deployment;
    },
    get flights() {
      return edge.flights.underWay;
    },
    get connections() {
      return listeners.connections;
    },
    get fastLaneAnswers() {
      keeper?.drain();
      return fastLane?.answered ?? 0;
    },
  };
}

/** Whether an Upgrade field leads to a tunnel. HTTP/2 and TLS are no protocols to tunnel: the field is ignored (RFC 9110 §7.8). */
function isTunnelled({ headers, httpVersion, rawHeaders }: IncomingMessage): boolean {
  const protocol = headers.upgrade ?? '';
  // RFC 9110 §7.8: in an HTTP/1.0 request it is ignored.
  if (httpVersion !== '1.1' || protocol === '') return false;
  if (hasContent(new IncomingFields(rawHeaders))) return false;
  return !/(?:^|,)\s*(?:h2c|http\/|tls\/)/i.test(protocol);
}

/** A response on a socket that node:http has let go of; the connection ends with it. */
function responseOn(socket: Duplex, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  socket.on('error', () => {});
  response.assignSocket(socket as Socket);
  response.on('finish', () => {
    response.detachSocket(socket as Socket);
    // As node:http ends its own connections: once everything is written.
    if ('destroySoon' in socket) (socket as Socket).destroySoon();
    else socket.end();
  });
  return response;
}

function warn(where: string, error: unknown): void {
  const warning = errorOf(error);
  process.emitWarning(`${where}: ${warning.stack ?? warning.message}`, { type: 'PopletFault' });
}
