import { describe, expect, it } from 'vitest';
import { createClock, monotonicMs } from '../src/clock.ts';
import { fixedTime } from './fixed-time.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

function clockAtNoon() {
  const real = fixedTime('2026-11-22T12:00:00Z');
  return { real, clock: createClock(real) };
}

describe('a new clock', () => {
  it('tells real time', () => {
    const { real, clock } = clockAtNoon();
    expect([clock.nowMs(), clock.realNowMs(), clock.offsetMs]).toEqual([NOON, NOON, 0]);
    expect(clock.frozen).toBe(false);
    real.nowMs += 1500;
    expect(clock.nowMs()).toBe(NOON + 1500);
  });

  it('reads the system when no source is given', () => {
    const before = Date.now();
    const now = createClock().nowMs();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});

describe('a running clock', () => {
  it('advances, adds advances up, and goes on running', () => {
    const { real, clock } = clockAtNoon();
    clock.advance(120_000);
    clock.advance(1000);
    expect(clock.offsetMs).toBe(121_000);
    real.nowMs += 500;
    expect(clock.nowMs()).toBe(NOON + 121_500);
    expect(clock.realNowMs()).toBe(NOON + 500);
  });

  it('goes back by a negative advance', () => {
    const { clock } = clockAtNoon();
    clock.advance(-60_000);
    expect(clock.nowMs()).toBe(NOON - 60_000);
    expect(clock.offsetMs).toBe(-60_000);
  });

  it('runs on from where it was set', () => {
    const { real, clock } = clockAtNoon();
    clock.set(Date.parse('2027-01-01T00:00:00Z'));
    real.nowMs += 1000;
    expect(new Date(clock.nowMs()).toISOString()).toBe('2027-01-01T00:00:01.000Z');
    expect(clock.frozen).toBe(false);
  });

  it('keeps whole milliseconds', () => {
    const { clock } = clockAtNoon();
    clock.advance(0.6);
    expect(clock.nowMs()).toBe(NOON + 1);
  });
});

describe('a frozen clock', () => {
  it('stands still, while the offset to real time grows', () => {
    const { real, clock } = clockAtNoon();
    clock.freeze();
    real.nowMs += 90_000;
    expect(clock.frozen).toBe(true);
    expect(clock.nowMs()).toBe(NOON);
    expect(clock.offsetMs).toBe(-90_000);
  });

  it('moves by advance and set, and stays frozen', () => {
    const { real, clock } = clockAtNoon();
    clock.freeze();
    real.nowMs += 5000;
    clock.advance(1000);
    expect([clock.nowMs(), clock.frozen]).toEqual([NOON + 1000, true]);
    clock.set(NOON + 42);
    real.nowMs += 5000;
    expect([clock.nowMs(), clock.frozen]).toEqual([NOON + 42, true]);
  });

  it('keeps its instant when frozen again', () => {
    const { real, clock } = clockAtNoon();
    clock.freeze();
    real.nowMs += 5000;
    clock.freeze();
    expect(clock.nowMs()).toBe(NOON);
  });

  it('keeps what was advanced before', () => {
    const { clock } = clockAtNoon();
    clock.advance(2000);
    clock.freeze();
    expect(clock.nowMs()).toBe(NOON + 2000);
  });

  it('thaws to real time by reset', () => {
    const { real, clock } = clockAtNoon();
    clock.advance(1000);
    clock.freeze();
    real.nowMs += 7;
    clock.reset();
    expect([clock.nowMs(), clock.offsetMs, clock.frozen]).toEqual([NOON + 7, 0, false]);
  });
});

describe('the years 1970 to 9999', () => {
  it.each([NaN, Infinity, -Infinity, -1, 253_402_300_800_000])(
    'are not left by set(%d)',
    (atMs) => {
      const { clock } = clockAtNoon();
      expect(() => clock.set(atMs)).toThrow(RangeError);
      expect(clock.nowMs()).toBe(NOON);
    },
  );

  it.each([NaN, Infinity, -4_000_000_000_000])('are not left by advance(%d)', (ms) => {
    const { clock } = clockAtNoon();
    clock.freeze();
    expect(() => clock.advance(ms)).toThrow(RangeError);
    expect([clock.nowMs(), clock.frozen]).toEqual([NOON, true]);
  });
});

it('measures durations by a clock of their own', () => {
  const before = monotonicMs();
  expect(monotonicMs()).toBeGreaterThanOrEqual(before);
});
