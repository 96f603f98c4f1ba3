/** What `nas inspect` says: the same as values for `--json` and as lines for people. */

export interface Report {
  readonly values: Record<string, unknown>;
  readonly lines: readonly string[];
}

/** A label and what is said of it. */
export type Row = readonly [string, string];

/** Rows with their values below each other. */
export function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

/** Columns as wide as their longest cell, the first to the left and the others to the right. */
export function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}
