/** What is asked of the thread that reads Parquet, and what it says. Both sides are built together, so nothing is checked. */
import type { ParquetOutline } from './parquet';

/** Columns of one row group. */
export interface ParquetRows {
  readonly columns: readonly string[];
  readonly group: number;
}

/** One at a time. */
export interface ParquetQuestion {
  readonly file: string;
  readonly byteLength: number;
  /** Rows that are wanted; without them, what the file is. */
  readonly rows?: ParquetRows;
}

export type ParquetAnswer =
  /** Said once, when questions can be asked. */
  | { readonly kind: 'ready' }
  /** A page was read, and no end is in sight yet. */
  | { readonly kind: 'working' }
  | { readonly kind: 'outline'; readonly outline: ParquetOutline }
  | { readonly kind: 'rows'; readonly values: readonly (readonly unknown[])[] }
  | { readonly kind: 'broken'; readonly message: string; readonly hint: string };
