import type { ReadStream } from 'node:tty';

/** What each key of the terminal does. */
export interface KeyActions {
  readonly purge: () => void;
  readonly bypass: () => void;
  readonly quit: () => void;
}

/** Listens to single keys on a terminal; returns how to stop. */
export function listenToKeys(input: ReadStream, actions: KeyActions): () => void {
  const CONTROL_C = '\u0003';
  const CONTROL_D = '\u0004';
  const byKey: Record<string, () => void> = {
    p: actions.purge,
    b: actions.bypass,
    q: actions.quit,
    [CONTROL_C]: actions.quit,
    [CONTROL_D]: actions.quit,
  };
  const onData = (keys: string): void => {
    for (const key of keys) byKey[key]?.();
  };
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('data', onData);
  input.resume();
  return () => {
    input.off('data', onData);
    input.setRawMode(false);
    input.pause();
  };
}
