import { watch, type FSWatcher } from 'node:fs';

/** A build writes for a while: it has ended once nothing has changed for so long. */
const QUIET_MS = 500;

/**
 * Tells once for each burst of changes below a folder, when it is over; also where the folder goes and comes back.
 * Keeps no process alive. Returns how to stop.
 */
export function watchFolder(folder: string, onChanged: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  const later = (act: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(act, QUIET_MS).unref();
  };
  const begin = (): boolean => {
    watcher?.close();
    try {
      watcher = watch(folder, { recursive: true, persistent: false });
    } catch {
      // Gone in the middle of a build.
      return false;
    }
    watcher.on('change', () => later(tell));
    watcher.on('error', () => later(tell));
    return true;
  };
  const tell = (): void => {
    // Anew: what was emptied and filled again has other folders by now.
    if (begin()) onChanged();
    else later(tell);
  };
  if (!begin()) later(tell);
  return () => {
    clearTimeout(timer);
    watcher?.close();
  };
}
