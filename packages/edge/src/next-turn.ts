/** Resolves in the next turn of the event loop, when what has arrived by now is read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
