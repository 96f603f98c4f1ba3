/** What a cell of a table holds of a picture: itself, its path, or, as Hugging Face has it, a struct of both. */

/** The path in a cell, which is a text or has one; undefined where there is none. */
export function pathIn(cell: unknown): string | undefined {
  const written = typeof cell === 'object' && cell !== null && 'path' in cell ? cell.path : cell;
  return typeof written === 'string' && written.trim() !== '' ? written.trim() : undefined;
}

/** The bytes in a cell; undefined where there are none. */
export function bytesIn(cell: unknown): Uint8Array | undefined {
  const bytes = typeof cell === 'object' && cell !== null && 'bytes' in cell ? cell.bytes : cell;
  return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : undefined;
}
