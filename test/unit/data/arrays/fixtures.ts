/** What `fixtures/make_arrays.py` wrote. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** An array as NumPy describes it. */
interface Known {
  readonly shape: readonly number[];
  readonly type: string;
  /** Position of its values, in C order, in the list of all. */
  readonly values: number;
}

const folder = path.resolve(__dirname, '../fixtures/arrays');

export function fixture(file: string): string {
  return path.join(folder, file);
}

/** By file and, in it, by name. */
export const known = JSON.parse(readFileSync(fixture('known.json'), 'utf8')) as {
  readonly arrays: Readonly<Record<string, Readonly<Record<string, Known>>>>;
  readonly values: readonly (readonly number[])[];
};
