/** Files that an export writes. */
import { dirname, join } from 'node:path';
import { writeAtomically } from '../runs/atomic';

export interface ExportedFile {
  /** In the folder of the first of them. */
  readonly name: string;
  /** In their order. */
  readonly pieces: readonly Uint8Array[];
}

export interface Exported {
  /** Of the file that a person names. */
  readonly pieces: Iterable<Uint8Array | string>;
  /** Files that it reads, which are written before it. */
  readonly beside?: readonly ExportedFile[];
}

/** @throws UserError when a file cannot be written */
export function writeExported(target: string, { pieces, beside = [] }: Exported): void {
  for (const { name, pieces: own } of beside) writeAtomically(join(dirname(target), name), own);
  writeAtomically(target, pieces);
}
