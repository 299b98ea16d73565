// The one function the disk store uses of cacache that its index does not hand out: content alone,
// without an entry in cacache's own index.

declare module 'cacache/lib/content/write.js' {
  export default function write(
    folder: string,
    data: Uint8Array,
    options: { readonly algorithms: readonly string[] },
  ): Promise<{ readonly size: number }>;
}
