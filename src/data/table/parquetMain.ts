/** The thread that reads Parquet: opens files and gives rows, as it is asked. */
import { parentPort } from 'node:worker_threads';
import { UserError } from '../../errors';
import { bytesIn } from './cells';
import { openParquet, type ParquetFile } from './parquet';
import type { ParquetAnswer, ParquetQuestion } from './parquetMessages';

/** The file of the question before, since row groups are asked for one after the other. */
let last: { readonly key: string; readonly opened: ParquetFile } | undefined;

function say(answer: ParquetAnswer, moved: ArrayBuffer[] = []): void {
  parentPort!.postMessage(answer, moved);
}

/** Buffers with the bytes of pictures: they are handed over, for no second copy of a row group to be made. */
function buffersIn(values: readonly (readonly unknown[])[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const column of values) {
    for (const cell of column) {
      const bytes = bytesIn(cell);
      if (bytes) buffers.add(bytes.buffer as ArrayBuffer);
    }
  }
  return [...buffers];
}

async function answer({ file, byteLength, rows }: ParquetQuestion): Promise<void> {
  try {
    const key = `${byteLength} ${file}`;
    if (!rows || last?.key !== key) last = { key, opened: await openParquet(file, byteLength) };
    const { outline, read } = last.opened;
    if (!rows) return say({ kind: 'outline', outline });
    const values = await read(rows.columns, rows.group, () => say({ kind: 'working' }));
    say({ kind: 'rows', values }, buffersIn(values));
  } catch (error) {
    // Whatever nobody foresaw ends the thread, and is told to whoever asked.
    if (!(error instanceof UserError)) throw error;
    say({ kind: 'broken', message: error.message, hint: error.hint ?? '' });
  }
}

parentPort!.on('message', (question: ParquetQuestion) => void answer(question));

say({ kind: 'ready' });
