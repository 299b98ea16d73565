import type { Tasks } from './edge-api.ts';

/**
 * Makes the register of background work. A task starts after `run` has returned, so it cannot upset
 * its caller; one that fails is reported to `onError` with its name and is over. `onError` must not
 * throw: what it throws becomes an unhandled rejection. A task that awaits `idle` waits for itself.
 */
export function createTasks(onError: (name: string, error: unknown) => void): Tasks {
  const running = new Set<Promise<void>>();

  return {
    run(name, task) {
      const run = Promise.resolve()
        .then(task)
        .catch((error: unknown) => onError(name, error))
        .finally(() => running.delete(run));
      running.add(run);
    },
    async idle() {
      // Each round also waits for what the last one started, hence one after another.
      while (running.size > 0) await Promise.allSettled(running);
    },
    get running() {
      return running.size;
    },
  };
}
