// A client that writes bytes and hides nothing of what comes back.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseResponses } from '@poplet/conformance/raw-http';

/** How long answers are waited for. */
const PATIENCE_MS = 30_000;

export class Wire {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  static async open(url: string): Promise<Wire> {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Wire(socket);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What came, and was not handed out yet. */
  get received(): string {
    return this.#received.toString('latin1');
  }

  /** Writes requests at once. Resolves to the bytes of as many final answers, or of what came until the end. */
  async say(text: string, methods: readonly string[]): Promise<string> {
    this.socket.write(text, 'latin1');
    return this.hear(methods);
  }

  /** The answers to these requests, which were written before. */
  async hear(methods: readonly string[]): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!this.#isClosed && !this.#isAnswered(methods)) {
      if (Date.now() > deadline) throw new Error(`no answer, but ${JSON.stringify(this.received)}`);
      await sleep(1);
    }
    const text = this.received;
    this.#received = Buffer.alloc(0);
    return text;
  }

  #isAnswered(methods: readonly string[]): boolean {
    const { responses } = parseResponses(this.#received, methods);
    const whole = responses.filter(({ status, isComplete }) => status >= 200 && isComplete);
    return whole.length >= methods.length;
  }

  async closed(): Promise<void> {
    if (!this.#isClosed) await once(this.socket, 'close');
  }
}
