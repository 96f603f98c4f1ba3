/** Numbers as a person reads them in a terminal. */

export function formatCount(value: number | bigint): string {
  return value.toLocaleString('en-US');
}

/** A large count as a power of ten with two digits, e.g. `2.4·10^18`. */
export function formatPower(value: bigint): string {
  const digits = value.toString();
  if (digits.length < 3) return digits;
  // Rounded by its third digit.
  const two = Number(digits.slice(0, 3)) / 100;
  const [factor, more] = two.toFixed(1) === '10.0' ? ['1.0', 1] : [two.toFixed(1), 0];
  return `${factor}·10^${digits.length - 1 + more}`;
}

export function formatBytes(bytes: number): string {
  const gigabytes = bytes / 1e9;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

export function formatPercent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** `2 min 05 s`, `45 s`, `1 h 10 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return `${h} h ${String(m).padStart(2, '0')} min`;
  return m > 0 ? `${m} min ${String(s).padStart(2, '0')} s` : `${s} s`;
}
