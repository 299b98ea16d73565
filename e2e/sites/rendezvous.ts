/** A meeting of a known number of people. */
export interface Rendezvous {
  /** Resolves once all have arrived; then the next meeting begins. */
  arrive(): Promise<void>;
  /** Nobody is waited for any more; those who wait go on. */
  reset(): void;
}

export function rendezvous(expected: number): Rendezvous {
  let waiting: (() => void)[] = [];
  function goOn(): void {
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  }
  return {
    arrive() {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      if (waiting.length === expected) goOn();
      return promise;
    },
    reset: goOn,
  };
}
