import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodePictures } from '../../../../src/data/pictures/decoder';
import { useFolder } from '../helpers';

describe('decoders of pictures', () => {
  const folder = useFolder();

  it('end at once after many files, as they take memory that is needed for what comes next', async () => {
    const program = path.join(folder(), 'decoder.cjs');
    writeFileSync(
      program,
      `const { parentPort, threadId } = require('node:worker_threads');
       parentPort.on('message', (requests) => {
         parentPort.postMessage(requests.map(({ id }) => ({ id, kind: 'broken', reason: String(threadId) })));
       });
       parentPort.postMessage('ready');`,
    );
    /** The thread that answered for all files. */
    const load = async (files: number): Promise<string> => {
      const threads = new Set<string>();
      await decodePictures({
        ...{ files: new Array<string>(files).fill('any'), fitting: {}, threads: 1, program },
        onAnswer: (_, answer) => threads.add(answer.kind === 'broken' ? answer.reason : answer.kind),
      });
      assert.equal(threads.size, 1);
      return [...threads][0]!;
    };
    const first = await load(1000);
    assert.equal(await load(1001), first);
    assert.notEqual(await load(1), first);
  });
});
