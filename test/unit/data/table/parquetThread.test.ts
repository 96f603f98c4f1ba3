/** The thread that reads Parquet may break down or come to no end; the next question is answered by another. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ParquetThread } from '../../../../src/data/table/parquetThread';
import { useFolder } from '../helpers';

describe('the thread that reads Parquet', () => {
  const folder = useFolder();

  /** A thread whose program does to a file what the name says. */
  function thread(patience: number): ParquetThread {
    const program = path.join(folder(), 'program.js');
    writeFileSync(
      program,
      `const { parentPort } = require('node:worker_threads');
       const outline = { columns: [], pictureColumns: new Set(), classNames: new Map(), starts: [0] };
       parentPort.on('message', ({ file }) => {
         while (file === 'endless');
         if (file === 'fatal') throw new Error('out of memory');
         if (file === 'gone') process.exit(3);
         if (file === 'broken') return parentPort.postMessage({ kind: 'broken', message: 'broken: bad.', hint: 'Mend it.' });
         parentPort.postMessage({ kind: 'working' });
         parentPort.postMessage({ kind: 'outline', outline });
       });
       parentPort.postMessage({ kind: 'ready' });`,
    );
    return new ParquetThread(patience, program);
  }
  const ask = (of: ParquetThread, file: string) => of.ask({ file, byteLength: 1 });

  it('is given up where it comes to no end, and the questions behind are answered', async () => {
    const reader = thread(100);
    const endless = ask(reader, 'endless');
    const sound = ask(reader, 'sound');
    await assert.rejects(endless, {
      message: /^endless: reading it comes to no end in 0\.1 s/,
      code: 'broken-data',
    });
    assert.deepEqual((await sound).outline.starts, [0]);
  });

  it('is replaced where it breaks down, and goes on where a file is broken', async () => {
    const reader = thread(60_000);
    await assert.rejects(ask(reader, 'fatal'), { message: /^fatal: .*breaks down at it \(out of memory\)/ });
    await assert.rejects(ask(reader, 'broken'), { message: 'broken: bad.', hint: 'Mend it.' });
    assert.equal((await ask(reader, 'sound')).kind, 'outline');
    await assert.rejects(ask(reader, 'gone'), { message: /^gone: .*\(it ended by itself, 3\)/ });
    assert.equal((await ask(reader, 'sound')).kind, 'outline');
  });
});
