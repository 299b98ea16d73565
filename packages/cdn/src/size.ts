import { PopletError } from '@poplet/policy';

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/**
 * Bytes that a text such as `10GiB`, `1.5GB` or `500000B` stands for. A number alone is refused: what
 * it counts is anybody's guess. Throws a PopletError `invalid-option`; `name` says what it is the size of.
 */
export function parseSize(text: string, name: string): number {
  const { amount = '', unit = '' } =
    /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>[A-Za-z]+)$/u.exec(text)?.groups ?? {};
  const known = Object.keys(UNITS).find((one) => one.toLowerCase() === unit.toLowerCase());
  const bytes =
    known === undefined ? Number.NaN : Math.floor(Number(amount) * (UNITS[known] as number));
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new PopletError('invalid-option', `${name}: ${JSON.stringify(text)} is not a size`, {
    hint: 'write it with its unit: "512MiB", "10GiB" or "2GB"',
  });
}
