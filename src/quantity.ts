/**
 * Quantities as people read them: `1,234,567`, `5.33 MiB`, `1.25 M/s`, `3.40 µs`, `12.5 %`.
 */
const BYTE_UNITS = [' B', ' KiB', ' MiB', ' GiB'] as const;
const RATE_UNITS = ['/s', ' k/s', ' M/s', ' G/s'] as const;
const TIME_UNITS = [' ns', ' µs', ' ms', ' s'] as const;

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

export function bytes(value: number): string {
  return scaled(value, 1024, BYTE_UNITS);
}

export function rate(perSecond: number): string {
  return scaled(perSecond, 1000, RATE_UNITS);
}

export function duration(nanoseconds: number): string {
  return scaled(nanoseconds, 1000, TIME_UNITS);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Three digits in the largest unit that leaves at least one before the point. */
function scaled(value: number, step: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= step && unit < units.length - 1) {
    rest /= step;
    unit++;
  }
  const decimals = unit === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${rest.toFixed(decimals)}${units[unit]}`;
}
