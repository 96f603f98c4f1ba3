/** `nas trials` and `nas correlate` as a shell meets them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { useCommandLine } from '../../support/commandLine';

const sampling = {
  strategy: { type: 'random' },
  estimator: { type: 'training', epochs: 1 },
  budget: { epochs: 1, trials: 6 },
  final: { epochs: 0 },
};

describe('nas trials', () => {
  const shell = useCommandLine();
  const { nas, config } = shell;

  it('makes a table of a run, from which the estimator "table" gives the same rewards', async () => {
    assert.equal((await nas(['run', config(sampling)])).code, 0);
    const [runId] = readdirSync(join(shell.folder, 'runs'));
    const run = join('runs', runId!);
    const printed = await nas(['trials', run]);
    assert.equal(printed.code, 0, printed.err);
    assert.equal(printed.out.length, 1 + sampling.budget.trials);
    assert.match(printed.out[0]!, /^trial,architecture,status,reward,parameters,flops,/);
    assert.match(printed.out[1]!, /^1,"[^"]+",done,0?\.?\d+/);

    const written = await nas(['trials', run, '--out', 'table.csv']);
    assert.equal(written.code, 0, written.err);
    assert.deepEqual(
      readFileSync(join(shell.folder, 'table.csv'), 'utf8').trimEnd().split('\n'),
      printed.out,
    );
    const again = await nas(['trials', run, '--out', 'table.csv']);
    assert.equal(again.code, 2);
    assert.match(again.err, /exists already.*--force/);

    // The same seed draws the same architectures.
    const estimator = { type: 'table', file: 'table.csv' };
    const looked = await nas([
      'run',
      config({ ...sampling, estimator }, 'table.nas.json'),
      '--out',
      'looked',
    ]);
    assert.equal(looked.code, 0, looked.err);
    const [other] = readdirSync(join(shell.folder, 'looked'));
    const rewards = (lines: readonly string[]): string[] =>
      lines.map((line) => line.slice(line.indexOf('"')).split(',').slice(0, -4).join());
    assert.deepEqual(rewards((await nas(['trials', join('looked', other!)])).out), rewards(printed.out));
  });

  it('says why a run has no table', async () => {
    assert.equal((await nas(['run', config({ final: { epochs: 0 } })])).code, 0);
    const [runId] = readdirSync(join(shell.folder, 'runs'));
    const { code, err } = await nas(['trials', join('runs', runId!)]);
    assert.equal(code, 2);
    assert.match(err, /has no trials.*sampling strategy/s);
  });
});

describe('nas correlate', () => {
  const shell = useCommandLine();
  const { nas, config } = shell;

  it('holds two estimators against each other, with costs beside them', async () => {
    const { code, out, err } = await nas([
      ...['correlate', config(sampling), '--architectures', '5', '--out', 'study'],
    ]);
    assert.equal(code, 0, err);
    assert.match(out[0]!, /training over 5 architectures/);
    for (const name of ['shared', 'flops', 'parameters']) {
      assert.ok(
        out.some((line) => line.toLowerCase().startsWith(name)),
        `${name} in ${out.join('\n')}`,
      );
    }
    const table = readFileSync(join(shell.folder, 'study', 'correlation.csv'), 'utf8');
    assert.equal(table.trimEnd().split('\n').length, 1 + 5);
    const report = JSON.parse(readFileSync(join(shell.folder, 'study', 'correlation.json'), 'utf8')) as {
      compared: number;
    };
    assert.equal(report.compared, 5);
  });

  it('stops on Ctrl+C with code 130, and leaves no half a study', async () => {
    const long = { ...sampling, budget: { epochs: 200, trials: 6 } };
    const { code, out } = await nas(
      ['correlate', config(long), '--architectures', '50', '--out', 'study'],
      undefined,
      (line, interrupt) => {
        if (/architecture 2 of 50/.test(line)) interrupt();
      },
    );
    assert.equal(code, 130);
    assert.deepEqual(out, []);
    assert.ok(!existsSync(join(shell.folder, 'study')));
  });

  it('refuses an estimator that the space has not got', async () => {
    const { code, err } = await nas(['correlate', config(sampling), '--candidate', 'telepathy']);
    assert.equal(code, 2);
    assert.match(err, /telepathy/);
  });
});
