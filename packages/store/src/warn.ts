/** Where nobody is to be told what a person should know of a store: a process warning. */
export function warn(text: string): void {
  process.emitWarning(text, { type: 'PopletStore' });
}
