/** Numbers and times as text, the same everywhere on the dashboard. A no-break space keeps a unit on its number. */
import type { ScoreName } from '../../src/scores';

const space = '\u00a0';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 1930618 → "1,930,618". */
export function formatInteger(value: number): string {
  return grouped.format(value);
}

/** Three significant digits with a unit prefix: 300_123_456 → "300 M", 1_930_618 → "1.93 M", 950 → "950". */
export function formatCount(value: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let scaled = value;
  let index = 0;
  while (Math.abs(scaled) >= 999.5 && index < prefixes.length - 1) {
    scaled /= 1000;
    index++;
  }
  const digits = scaled >= 100 || index === 0 ? 0 : scaled >= 10 ? 1 : 2;
  const text = scaled.toFixed(digits);
  const trimmed = text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
  return index === 0 ? trimmed : `${trimmed}${space}${prefixes[index]}`;
}

/** A share 0 … 1 as "98.4 %". */
export function formatPercent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}${space}%`;
}

/** A score of a network: "98.4 %", or log-loss as "0.2130". */
export function formatJudged(name: ScoreName, score: number): string {
  return name === 'logLoss' ? Math.abs(score).toFixed(4) : formatPercent(score);
}

/** Bytes in decimal units, as operating systems show memory: 1.2e9 → "1.2 GB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = bytes;
  let index = 0;
  while (scaled >= 999.5 && index < units.length - 1) {
    scaled /= 1000;
    index++;
  }
  return `${scaled.toFixed(index >= 3 ? 1 : 0)}${space}${units[index]}`;
}

/** Duration of a step in milliseconds: "312 ms", "1.4 s". */
export function formatStepTime(milliseconds: number): string {
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(1)}${space}s`;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)}${space}ms`;
}

/** "about 2 min left"; coarse, so that it does not flicker. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 55) return `about ${Math.max(10, Math.round(seconds / 10) * 10)}${space}s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${Math.max(1, minutes)}${space}min left`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 24) return `about ${Math.round(minutes / 60 / 24)}${space}d left`;
  return rest === 0 ? `about ${hours}${space}h left` : `about ${hours}${space}h ${rest}${space}min left`;
}

/** A loss or an entropy: three digits after the point, fewer when it is large, an exponent when it is tiny. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return formatCount(value);
  if (size >= 100) return value.toFixed(1);
  if (size > 0 && size < 0.001) return value.toExponential(1).replace('-', '−');
  return value.toFixed(3);
}

/** A number at an axis, without needless zeros: "2", "0.5", "1e−4". */
export function formatTick(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(0).replace('-', '−');
  return String(Number(value.toPrecision(3)));
}

/** A softmax weight: "0.13". */
export function formatWeight(value: number): string {
  return value.toFixed(2);
}

/** A decimal integer of any length: "6,144" or, from 10⁶ on, "1.1 × 10¹⁸". */
export function formatHuge(digits: string): string {
  if (!/^\d+$/.test(digits)) return digits;
  if (digits.length <= 6) return formatInteger(Number(digits));
  const superscript = [...String(digits.length - 1)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  const mantissa = Number(`${digits[0]}.${digits.slice(1, 4)}`).toFixed(1);
  return `${mantissa}${space}×${space}10${superscript}`;
}

/** "1 step", "2 steps". */
export function formatQuantity(count: number, noun: string): string {
  return `${formatInteger(count)} ${noun}${count === 1 ? '' : 's'}`;
}
