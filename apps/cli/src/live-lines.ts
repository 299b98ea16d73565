import { leftOutText } from './output.ts';

/** Lines shown per interval; more than a person can read is counted instead. */
const LINES_PER_INTERVAL = 40;
const INTERVAL_MS = 250;

/** A terminal that is never flooded: lines beyond the limit are counted, and the count is shown. */
export interface LiveLines {
  /** `render` is only called for lines that are shown. */
  write(render: () => string): void;
  /** Shows the last count. */
  close(): void;
}

export function createLiveLines(out: (text: string) => void): LiveLines {
  let shown = 0;
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;

  function endInterval(): void {
    timer = undefined;
    shown = 0;
    if (leftOut > 0) out(`${leftOutText(leftOut)}\n`);
    leftOut = 0;
  }

  return {
    write(render) {
      timer ??= setTimeout(endInterval, INTERVAL_MS).unref();
      if (shown < LINES_PER_INTERVAL) {
        shown += 1;
        out(`${render()}\n`);
      } else {
        leftOut += 1;
      }
    },
    close() {
      if (timer !== undefined) clearTimeout(timer);
      endInterval();
    },
  };
}
