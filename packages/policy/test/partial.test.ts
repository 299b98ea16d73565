// A range of a whole body, as a whole answer.
import { expect, test } from 'vitest';

import { applyRange } from '../src/partial.ts';

const PART = { contentType: 'text/plain', boundarySeed: '"v1"' };

test.each(['bytes=x', 'lines=0-1', 'bytes=5-1'])('%s says nothing: the whole', (range) => {
  expect(applyRange(range, 10, PART)).toEqual({ kind: 'whole' });
});

// RFC 9110 §15.3.7.1
test('one part', () => {
  expect(applyRange('bytes=4-', 10, PART)).toEqual({
    kind: 'partial',
    count: 1,
    body: { kind: 'range', startByte: 4, endByte: 10 },
    contentLength: 6,
    contentRange: 'bytes 4-9/10',
    contentType: null,
  });
});

// RFC 9110 §14.6. The boundary is made of FNV-1a (32 bits) of the seed, and of the seed with the length.
test('several parts', () => {
  const boundary = 'poplet-dac0a15e-baad4752';
  const typeLine = 'Content-Type: text/plain\r\n';
  const first = `--${boundary}\r\n${typeLine}Content-Range: bytes 0-1/10\r\n\r\n`;
  const second = `\r\n--${boundary}\r\n${typeLine}Content-Range: bytes 4-5/10\r\n\r\n`;
  const closing = `\r\n--${boundary}--\r\n`;
  expect(applyRange('bytes=0-1,4-5', 10, PART)).toEqual({
    kind: 'partial',
    count: 2,
    body: {
      kind: 'multipart',
      parts: [
        { head: first, startByte: 0, endByte: 2 },
        { head: second, startByte: 4, endByte: 6 },
      ],
      closing,
    },
    contentLength: first.length + 2 + second.length + 2 + closing.length,
    contentRange: null,
    contentType: `multipart/byteranges; boundary=${boundary}`,
  });
});

test('the boundary is as long whatever the seed, and parts without a type have none', () => {
  const answer = applyRange('bytes=0-1,4-5', 10, { contentType: undefined, boundarySeed: '41' });
  expect(answer).toMatchObject({
    contentType: 'multipart/byteranges; boundary=poplet-88e38716-06f1bf0a',
    body: { parts: [{ head: expect.not.stringContaining('Content-Type') }, {}] },
  });
});
