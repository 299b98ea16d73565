/** Real milliseconds after which a person would wonder. */
const QUIET_MS = 2000;

/** Tells a person after a while that something is still being tried, and for how long. Returns how to stop. */
export function tellWhileTrying(onNotice: (text: string) => void, forMs: number): () => void {
  const timer = setTimeout(() => {
    onNotice(`no answer yet; it is tried for ${forMs / 1000} s in all`);
  }, QUIET_MS);
  return () => clearTimeout(timer);
}
