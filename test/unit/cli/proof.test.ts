/** `nas run` where the generated code is not the network that was trained: nobody may miss it, a script neither. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunResult } from '../../../src/runs/runFolder';
import { builtCli, useCommandLine } from '../../support/commandLine';

const final = { epochs: 1, cells: 3, channels: 2, batchSize: 16, randomNetworks: 0 };

describe('a proof that fails on the command line', () => {
  const dist = dirname(builtCli);
  let build: string;

  /** A copy of the build whose proof gets the signs of the classifier's weights changed on the way. */
  before(() => {
    build = mkdtempSync(join(tmpdir(), 'nas-build-'));
    const needed = readdirSync(dist).filter((name) => name === 'cli.js' || name.endsWith('.wasm'));
    for (const name of needed) copyFileSync(join(dist, name), join(build, name));
    const proof = join(dist, 'proof.js');
    writeFileSync(
      join(build, 'proof.js'),
      `process.on('message', ({ type, weights }) => {
        if (type !== 'build') return;
        const bytes = Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength);
        const start = 8 + Number(bytes.readBigUInt64LE(0));
        const header = JSON.parse(bytes.subarray(8, start));
        for (const name of ['classifier/kernel', 'classifier/bias']) {
          const [from, to] = header[name].data_offsets;
          // The last byte of a float has its sign.
          for (let i = start + from + 3; i < start + to; i += 4) bytes[i] ^= 0x80;
        }
      });
      require(${JSON.stringify(proof)});`,
    );
  });
  after(() => rmSync(build, { recursive: true, force: true }));

  const resultIn = (folder: string): RunResult => {
    const [runId] = readdirSync(join(folder, 'runs'));
    return JSON.parse(readFileSync(join(folder, 'runs', runId!, 'result.json'), 'utf8')) as RunResult;
  };

  describe('in colour', () => {
    const shell = useCommandLine(() => join(build, 'cli.js'), { FORCE_COLOR: '1', NO_COLOR: '' });

    it('ends with code 1, and says so in red as it happens and at the end', async () => {
      const { code, out, err } = await shell.nas(['run', shell.config({ final })]);
      assert.equal(code, 1, err);
      // Bold, red, and back.
      const red =
        // oxlint-disable-next-line no-control-regex
        /^\u001b\[1m\u001b\[31mERROR: The generated code is NOT the network that was judged\. .*; 40 predictions differ, .*\u001b\[39m\u001b\[22m$/;
      const told = out.filter((line) => red.test(line));
      assert.equal(told.length, 2, out.join('\n'));
      const { proof, found } = resultIn(shell.folder);
      assert.ok(proof?.outcome === 'compared');
      // The class that was the likeliest is now the least likely, for every image.
      assert.deepEqual([proof.images, proof.differing], [40, 40]);
      assert.ok(found, 'the run is finished, and keeps its result');
    });
  });

  describe('in JSON', () => {
    const shell = useCommandLine(() => join(build, 'cli.js'));

    it('ends with code 1, without any colour', async () => {
      const { code, out, err } = await shell.nas(['run', shell.config({ final }), '--json']);
      assert.equal(code, 1, err);
      const events = out.map((line) => JSON.parse(line) as { type: string; proof?: { differing: number } });
      assert.equal(events.find(({ type }) => type === 'proof')?.proof?.differing, 40);
      assert.equal(events.at(-1)?.type, 'end');
    });
  });
});
