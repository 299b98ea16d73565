import type { Control } from './peer.ts';

interface Stats {
  readonly journal: {
    readonly exchanges: number;
    readonly byOutcome: Readonly<Record<string, number>>;
  };
  readonly store: { readonly entries: number };
}

/** Poplet's admin API at its address. */
export function createControl(admin: string): Control {
  async function ask(resource: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(`/poplet/v1/${resource}`, admin), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    });
    if (!response.ok) {
      throw new Error(`${resource}: ${response.status} ${await response.text()}`);
    }
    return await response.json();
  }
  return {
    async purge(selector) {
      await ask('purge', selector);
    },
    async advance(duration) {
      await ask('clock', { advance: duration });
    },
    async counts() {
      const { journal, store } = (await ask('stats')) as Stats;
      return {
        exchanges: journal.exchanges,
        hits: journal.byOutcome['hit'] ?? 0,
        entries: store.entries,
      };
    },
  };
}
