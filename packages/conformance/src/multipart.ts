export interface Part {
  readonly range: string;
  readonly type: string | undefined;
  readonly body: string;
}

/** The parts of a multipart/byteranges body (RFC 9110 §14.6), or undefined when it is none. */
export function multipartParts(contentType: string, body: string): Part[] | undefined {
  const boundary = /^multipart\/byteranges; boundary="?([\w'()+,\-./:=? ]+?)"?$/u.exec(
    contentType,
  )?.[1];
  if (boundary === undefined) return undefined;
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (pieces.length < 3 || !/^--(?:\r\n)?$/u.test(pieces.at(-1) as string)) return undefined;
  return pieces.slice(1, -1).map((piece) => {
    const [head = '', ...rest] = piece.split('\r\n\r\n');
    return {
      range: /^content-range: (.*)$/imu.exec(head)?.[1]?.trim() ?? '',
      type: /^content-type: (.*)$/imu.exec(head)?.[1]?.trim(),
      body: rest.join('\r\n\r\n'),
    };
  });
}
