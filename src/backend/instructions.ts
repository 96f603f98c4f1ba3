/** Which vector instructions the processor has: what native libraries choose their kernels by. */
import { readFileSync } from 'node:fs';
import { arch } from 'node:os';

/** From the widest on, by the names that Linux gives them. */
const known: readonly (readonly [flag: string, name: string])[] = [
  ['amx_tile', 'AMX'],
  ['avx512f', 'AVX-512'],
  ['avx2', 'AVX2'],
  ['fma', 'FMA'],
  ['asimd', 'NEON'],
];

/** @param cpuinfo text of /proc/cpuinfo */
export function instructionsOf(cpuinfo: string): string[] {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(line.trim().split(/\s+/));
  return known.filter(([flag]) => flags.has(flag)).map(([, name]) => name);
}

/** What the processor computes with, e.g. `CPU (AVX-512, AVX2, FMA)`; the processor's kind alone where the system does not say more. */
export function describeProcessor(): string {
  let names: string[] = [];
  try {
    names = instructionsOf(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    // Only Linux has this file.
  }
  return `CPU (${names.length > 0 ? names.join(', ') : arch()})`;
}
