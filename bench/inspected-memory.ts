import type { Child } from './child.ts';

export interface MemoryUse {
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** What a Node process that was started with `--inspect=127.0.0.1:0` uses after everything unused was collected. */
export async function memoryUse(server: Child): Promise<MemoryUse> {
  const [, address] = await server.says(/Debugger listening on (ws:\S+)/u);
  const socket = new WebSocket(String(address));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${address}`)));
  });
  let lastId = 0;
  const call = (method: string, params: object = {}): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      const listen = ({ data }: MessageEvent): void => {
        const message = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(message.result);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  };
  // What finalizers free is collected the second time.
  await call('HeapProfiler.collectGarbage');
  await call('HeapProfiler.collectGarbage');
  const expression = 'JSON.stringify(process.memoryUsage())';
  const said = (await call('Runtime.evaluate', { expression })) as {
    readonly result: { readonly value: string };
  };
  socket.close();
  const { heapUsed, external } = JSON.parse(said.result.value) as NodeJS.MemoryUsage;
  return { heapBytes: heapUsed, externalBytes: external };
}
