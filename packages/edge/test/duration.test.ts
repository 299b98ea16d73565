import { PopletError } from '@poplet/policy';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../src/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['1h5ms', 3_600_005],
    ['0s', 0],
    ['007s', 7000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    ['', 'write it as'],
    ['90', 'a number needs its unit: write "90s" or "90ms"'],
    ['1.5h', 'only whole numbers: write "1h30m"'],
    ['.5s', 'only whole numbers'],
    ['-90s', 'write it as'],
    ['+90s', 'write it as'],
    ['90 s', 'write it as'],
    [' 90s', 'write it as'],
    ['90s\n', 'write it as'],
    ['30m1h', 'the largest first'],
    ['1h1h', 'write it as'],
    ['1H', 'write it as'],
    ['2w', 'write it as'],
    ['90sec', 'write it as'],
    ['PT90S', 'write it as'],
    ['1e3s', 'write it as'],
    ['٣s', 'write it as'],
    ['999999999999999d', 'too long'],
  ])('%j is refused, and the hint says how to write it', (text, hint) => {
    let error: unknown;
    try {
      parseDuration(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(PopletError);
    expect(error).toMatchObject({
      code: 'invalid-option',
      message: `${JSON.stringify(text)} is not a duration`,
      hint: expect.stringContaining(hint),
    });
  });

  it('adds its parts up', () => {
    const part = fc.nat({ max: 100_000 });
    fc.assert(
      fc.property(part, part, part, part, part, (d, h, m, s, ms) => {
        expect(parseDuration(`${d}d${h}h${m}m${s}s${ms}ms`)).toBe(
          d * 86_400_000 + h * 3_600_000 + m * 60_000 + s * 1000 + ms,
        );
      }),
    );
  });

  it('throws nothing but PopletError', () => {
    const isTotal = fc.property(fc.string(), (text) => {
      try {
        return parseDuration(text) >= 0;
      } catch (error) {
        return error instanceof PopletError;
      }
    });
    expect(() => fc.assert(isTotal)).not.toThrow();
  });
});
