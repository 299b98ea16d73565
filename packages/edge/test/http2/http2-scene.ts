// An edge that speaks HTTP/2, between a client of frames and an origin that is nothing but a socket.

import { once } from 'node:events';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';

import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import type { ExchangeRecord } from '@poplet/policy';
import { createEdge, type Edge, type EdgeLimits } from '../../src/index.ts';
import { RawOrigin } from '../bad-input/scene.ts';
import { until } from '../rig.ts';
import { FrameClient, type Line } from './frames.ts';

export class Http2Scene {
  readonly origin: RawOrigin;
  readonly edge: Edge;
  readonly port: number;
  readonly faults: unknown[];
  readonly #sockets: TLSSocket[] = [];

  private constructor(parts: Pick<Http2Scene, 'origin' | 'edge' | 'port' | 'faults'>) {
    this.origin = parts.origin;
    this.edge = parts.edge;
    this.port = parts.port;
    this.faults = parts.faults;
  }

  static async open(limits: Partial<EdgeLimits> = {}): Promise<Http2Scene> {
    const origin = new RawOrigin();
    const url = await origin.listen();
    const faults: unknown[] = [];
    const edge = createEdge({
      sites: [{ upstream: { url } }],
      limits,
      id: 'test',
      onFault: (...fault) => void faults.push(fault),
    });
    const tls = { contextFor: () => createSecureContext(SELF_SIGNED) };
    const { port } = await edge.listen({ port: 0, tls });
    return new Http2Scene({ origin, edge, port, faults });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.edge.close();
    await this.origin.close();
  }

  async secure(ALPNProtocols: string[]): Promise<TLSSocket> {
    const socket = connectTls({
      port: this.port,
      servername: 'localhost',
      ca: SELF_SIGNED.cert,
      ALPNProtocols,
    });
    this.#sockets.push(socket);
    await once(socket, 'secureConnect');
    return socket;
  }

  async connect(settings?: Buffer): Promise<FrameClient> {
    return new FrameClient(await this.secure(['h2']), settings);
  }

  /** A request for a path of the host that the edge answers to. */
  lines(path: string, ...more: readonly Line[]): Line[] {
    return [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', path],
      [':authority', 'edge.test'],
      ...more,
    ];
  }

  get records(): readonly ExchangeRecord[] {
    return this.edge.journal.latest(1000);
  }

  /** Codes of the reasons of all records. */
  get reasons(): readonly string[] {
    return this.records.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  }

  async recorded(count: number): Promise<void> {
    await until(() => this.records.length >= count, `${count} records`);
  }

  /** Request lines of what the origin received whole. */
  get received(): readonly string[] {
    return this.origin.requests
      .filter(({ isComplete }) => isComplete)
      .map(({ requestLine }) => requestLine);
  }
}
