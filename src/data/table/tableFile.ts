/** What a table of labelled pictures is, whatever it is written in. */

/** Values of some columns, in the order in which these were asked for: as many of each as the piece has rows. */
export type Piece = readonly ArrayLike<unknown>[];

/** A table whose columns are known and whose rows are unread. */
export interface TableFile {
  readonly file: string;
  readonly columns: readonly string[];
  /** Columns that hold pictures themselves rather than their paths: bytes, or Hugging Face's struct of bytes and path. */
  readonly pictureColumns: ReadonlySet<string>;
  /** Of a column of integers, the names that the file has for them, from zero on. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  /**
   * All rows in pieces, of which one is held at a time.
   * @param columns that there are
   * @throws UserError where the file is broken
   */
  pieces(columns: readonly string[]): AsyncGenerator<Piece, void, undefined>;
  /**
   * Runs of rows whose pictures lie together, so that they are read together; only of a table with columns of pictures.
   * @returns the first row of each and, last, the number of rows
   */
  runs?(): readonly number[];
  /** Values of a column in one run. @throws UserError where the file is broken */
  run?(column: string, index: number): Promise<ArrayLike<unknown>>;
}
