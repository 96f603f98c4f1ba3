/** Runs that are judged by another score than accuracy, with classes that count differently: from the search to the result. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, ConfigInput } from '../../../src/config/schema';
import { Control } from '../../../src/job/control';
import { prepareJob } from '../../../src/job/prepare';
import { runJob } from '../../../src/job/run';
import type { RunEvent } from '../../../src/protocol/events';
import { describeEvent } from '../../../src/protocol/eventText';
import { bestTrial, replayRun, trialScoreTitle } from '../../../src/protocol/runState';
import { readEventLog } from '../../../src/runs/eventLog';
import type { RunFolder } from '../../../src/runs/runFolder';
import { countsOf } from '../../../src/protocol/testReport';
import { scoreOf, type ScoreName } from '../../../src/scores';
import { proofProcess } from '../../support/proof';
import { createRun, tinyConfig } from '../../support/tinyConfig';

describe('a run by another score', () => {
  let parent: string;
  before(() => (parent = mkdtempSync(join(tmpdir(), 'nas-score-'))));
  after(() => rmSync(parent, { recursive: true, force: true }));

  async function run(config: Config): Promise<{ folder: RunFolder; events: readonly RunEvent[] }> {
    const folder = createRun(parent, config);
    await runJob({
      folder,
      control: new Control(),
      prepared: await prepareJob(config, { configFolder: '/', engine: 'auto', threads: 2 }),
      proof: proofProcess,
      onEvent: () => undefined,
      onTelemetry: () => undefined,
    });
    return { folder, events: readEventLog(folder.eventsPath).events };
  }

  const configOf = (score: ScoreName, more: ConfigInput): Config =>
    tinyConfig({ score, ...more, data: { set: 'synthetic', classWeights: 'balanced' } as never });
  const sampling = (estimator: ConfigInput['estimator']): ConfigInput => ({
    strategy: { type: 'random' },
    estimator,
    budget: { trials: 3, epochs: 1 },
  });

  for (const [title, more] of [
    ['a gradient search', {}],
    ['successive halving', sampling({ type: 'asha', epochs: 2, minEpochs: 1 })],
    ['early stopping', sampling({ type: 'early_stopping', epochs: 2 })],
    ['shared weights', sampling({ type: 'shared' })],
  ] as const satisfies readonly [string, ConfigInput][]) {
    for (const score of ['macroF1', 'logLoss'] as const) {
      it(`judges by ${score} in ${title}, and by nothing else`, async () => {
        const { folder, events } = await run(configOf(score, more));
        const state = replayRun(events);
        assert.equal(state.run!.score!.name, score);
        const epochs = events.filter((event) => event.type === 'epoch' && event.validationLoss !== undefined);
        for (const event of epochs as Extract<RunEvent, { type: 'epoch' }>[]) {
          assert.equal(event.validationScore!.name, score);
          if (score === 'logLoss') assert.equal(event.validationScore!.value, -event.validationLoss!);
          assert.match(describeEvent(event)!, score === 'logLoss' ? /, log-loss \d/ : /, macro-F1 [\d.]+ %$/);
        }
        if (title !== 'shared weights') assert.ok(epochs.length > 0);
        for (const { score: value, metrics } of state.trials) {
          const last = -metrics!.validationLoss!;
          // Early stopping takes the best epoch, as if its weights were kept.
          if (score === 'logLoss') assert.ok(title === 'early stopping' ? value! >= last : value === last);
          else assert.ok(value! >= 0 && value! < 1);
        }
        if (state.trials.length > 0) {
          assert.equal(bestTrial(state)!.score, Math.max(...state.trials.map((trial) => trial.score!)));
          assert.equal(trialScoreTitle(state), score === 'logLoss' ? '−log-loss' : 'macro-F1');
          assert.deepEqual(state.genotypes.at(-1)!.genotype, bestTrial(state)!.genotype);
        }
        const found = state.networks.find(({ phase }) => phase === 'final')!;
        const { name, value, error } = found.testScore!;
        assert.equal(name, score);
        assert.ok(error > 0 && Number.isFinite(error));
        if (score === 'logLoss') assert.ok(Math.abs(value + found.testLoss) < 1e-12);
        const result = folder.readResult()!;
        assert.deepEqual([result.score, result.found!.testScore], [score, value]);
        assert.deepEqual(state.finished!.testScore, { name, value });
      });
    }
  }

  it('has no other fields where it is the accuracy', async () => {
    const { folder, events } = await run(tinyConfig());
    const text = JSON.stringify(events);
    assert.ok(!/validationScore|testScore|blind/.test(text));
    const { score, found, random } = folder.readResult()!;
    const counts = countsOf(found!.report!);
    assert.equal(scoreOf('accuracy', counts, 0), found!.testAccuracy);
    assert.equal(found!.report!.worst.length, 40, 'as many as there are test images');
    assert.ok(random.every(({ report }) => report === undefined));
    assert.deepEqual([score, found!.testScore], ['accuracy', found!.testAccuracy]);
  });
});
