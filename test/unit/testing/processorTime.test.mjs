import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { processorSeconds, secondsOfTimes, timed } from '../../../scripts/testing/processorTime.cjs';

/** A program that starts another, which computes for that long, and ends with a code. */
const starts = (/** @type {number} */ milliseconds, code = 0) => {
  const computes = `const end = process.cpuUsage().user + ${milliseconds}e3; while (process.cpuUsage().user < end);`;
  return [
    '-e',
    `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(computes)}]); process.exit(${code})`,
  ];
};

describe('time of processors', () => {
  it('counts children that ended, and theirs', function () {
    if (process.platform !== 'linux') return this.skip();
    const before = processorSeconds();
    spawnSync(process.execPath, starts(100));
    assert.ok(processorSeconds() - before >= 0.1);
  });

  it('is told by a shell about the program that it runs, whose exit code and output stay', function () {
    if (process.platform === 'win32') return this.skip();
    const [file, args] = timed(process.execPath, ['-p', '"a  b"']);
    const plain = spawnSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    assert.deepEqual([plain.status, plain.stdout, plain.stderr], [0, 'a  b\n', '']);
    const run = spawnSync(...timed(process.execPath, starts(100, 7)), {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    assert.equal(run.status, 7);
    assert.ok(Number(secondsOfTimes(String(run.output[3]))) >= 0.1, String(run.output[3]));
  });

  it('is the second line of what `times` says', () => {
    assert.equal(secondsOfTimes('0m0.010s 0m0.000s\n1m2.250s 0m0.500s\n'), 62.75);
    assert.equal(secondsOfTimes(''), undefined);
  });
});
