/** A page of the almanac: text in a font that the reader has to bring along, and a picture of 256 KB. */
const PICTURE_SIDE_PIXELS = 296;

/**
 * A valid PDF of `pages` pages, each with its number in words that can be read from its text layer.
 * Nothing is compressed, so that the pages lie far apart in the file.
 */
export function almanac(pages: number): Buffer {
  const chunks: Buffer[] = [];
  const offsets: number[] = [];
  let lengthBytes = 0;

  function write(part: string | Buffer): void {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    chunks.push(bytes);
    lengthBytes += bytes.length;
  }

  function object(number: number, dictionary: string, stream?: Buffer): void {
    offsets[number] = lengthBytes;
    write(`${number} 0 obj\n${dictionary}\n`);
    if (stream !== undefined) {
      write('stream\n');
      write(stream);
      write('\nendstream\n');
    }
    write('endobj\n');
  }

  const firstPage = 4;
  const pageNumbers = Array.from({ length: pages }, (_, index) => firstPage + index * 3);
  // The comment of high bytes says that the file is binary (ISO 32000-1 §7.5.2).
  write('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
  object(1, '<< /Type /Catalog /Pages 2 0 R >>');
  object(
    2,
    `<< /Type /Pages /Count ${pages} /Kids [${pageNumbers.map((number) => `${number} 0 R`).join(' ')}] >>`,
  );
  object(3, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>');
  for (const [index, number] of pageNumbers.entries()) {
    const content = Buffer.from(
      [
        `BT /F1 36 Tf 72 720 Td (Harbour almanac, page ${index + 1}) Tj ET`,
        'q 451 0 0 451 72 220 cm /Picture Do Q',
      ].join('\n'),
      'latin1',
    );
    object(
      number,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${number + 1} 0 R ` +
        `/Resources << /Font << /F1 3 0 R >> /XObject << /Picture ${number + 2} 0 R >> >> >>`,
    );
    object(number + 1, `<< /Length ${content.length} >>`, content);
    const picture = waves(index);
    object(
      number + 2,
      `<< /Type /XObject /Subtype /Image /Width ${PICTURE_SIDE_PIXELS} /Height ${PICTURE_SIDE_PIXELS} ` +
        `/ColorSpace /DeviceRGB /BitsPerComponent 8 /Length ${picture.length} >>`,
      picture,
    );
  }
  const xrefAt = lengthBytes;
  const lines = offsets
    .slice(1)
    .map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
    .join('');
  write(`xref\n0 ${offsets.length}\n0000000000 65535 f \n${lines}`);
  write(`trailer\n<< /Size ${offsets.length} /Root 1 0 R >>\nstartxref\n${xrefAt}\n%%EOF\n`);
  return Buffer.concat(chunks);
}

/** Raw RGB: interfering waves, another pattern on each page. */
function waves(page: number): Buffer {
  const pixels = Buffer.alloc(PICTURE_SIDE_PIXELS ** 2 * 3);
  for (let y = 0; y < PICTURE_SIDE_PIXELS; y++) {
    for (let x = 0; x < PICTURE_SIDE_PIXELS; x++) {
      const height = Math.sin(x / (9 + page)) + Math.cos((x + y) / (14 + page));
      const at = (y * PICTURE_SIDE_PIXELS + x) * 3;
      pixels[at] = 40 + height * 20;
      pixels[at + 1] = 110 + height * 30;
      pixels[at + 2] = 170 + height * 40;
    }
  }
  return pixels;
}
