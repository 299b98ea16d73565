// Texts of a response that stand in its header too, as places in that.

/** How profiles separate tags. */
const SEPARATORS = [' ', ', ', ','] as const;

/** Where the opaque part of an entity tag stands in a header block; else the text itself. */
export function packEtag(opaque: string, block: string): number | string {
  const quote = block.indexOf(`"${opaque}"`);
  return quote === -1 || opaque.includes('"') ? opaque : quote + 1;
}

export function unpackEtag(packed: number | string, block: string): string {
  return typeof packed === 'string' ? packed : block.slice(packed, block.indexOf('"', packed));
}

/** Where the field that has just these tags stands in a header block; else the tags themselves. */
export function packTags(tags: readonly string[], block: string): number | readonly string[] {
  if (tags.length === 0) return tags;
  for (const [index, separator] of SEPARATORS.entries()) {
    const line = block.indexOf(`: ${tags.join(separator)}\r\n`);
    if (line === -1) continue;
    const packed = (line + 2) * SEPARATORS.length + index;
    const unpacked = unpackTags(packed, block);
    if (unpacked.length === tags.length && unpacked.every((tag, at) => tag === tags[at])) {
      return packed;
    }
  }
  return tags;
}

export function unpackTags(packed: number | readonly string[], block: string): readonly string[] {
  if (typeof packed !== 'number') return packed;
  const separator = SEPARATORS[packed % SEPARATORS.length] as string;
  const start = Math.floor(packed / SEPARATORS.length);
  return block.slice(start, block.indexOf('\r\n', start)).split(separator);
}
