import http from 'node:http';

/** What came back over a socket of its own; `cut` when the connection ended before the body did. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly text: string;
  readonly cut: boolean;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as it is told: no path is tidied, no coding decoded, no redirect followed. */
export function ask(url: string, path: string, question: Question = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const request = http.request(
      {
        hostname,
        port,
        path,
        method: question.method ?? 'GET',
        headers: question.headers ?? {},
        agent: false,
      },
      (response) => {
        hasBegun = true;
        const chunks: Buffer[] = [];
        const settle = (): void => {
          const body = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, value?.toString()]),
            ),
            body,
            text: body.toString(),
            cut: !response.complete,
          });
        };
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => {});
        response.on('close', settle);
      },
    );
    // After the head, the end of the response tells what became of it.
    request.on('error', (error) => hasBegun || reject(error));
    request.end();
  });
}
