/**
 * Kills without a word at random moments, over all strategies and estimators: each run is resumed, killed again, and ends as the one that
 * was left alone. `NAS_FAULTS=300` makes so many kills.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseConfig } from '../../src/config/parse';
import { estimators } from '../../src/estimate/estimators';
import { effectiveEvents } from '../../src/protocol/runState';
import { Random } from '../../src/random';
import { readEventLog } from '../../src/runs/eventLog';
import { listRuns, type RunFolder } from '../../src/runs/runFolder';
import { strategies } from '../../src/search/strategies';
import { builtCli } from '../support/commandLine';

const kills = Number(process.env['NAS_FAULTS'] ?? 6);
/** Of one run at most: it has to come to its end. */
const killsOfRun = 5;

const table = path.join(__dirname, '../../examples/tables/two-operations.csv');
const estimatorKeys: Readonly<Record<string, object>> = {
  training: { epochs: 1 },
  early_stopping: { epochs: 3 },
  asha: { minEpochs: 1, maxEpochs: 2 },
  shared: { epochs: 1 },
  predictor: { epochs: 1, warmup: 3 },
  table: { file: table },
};

/** A config of every strategy with every estimator that it may have. */
function combinations(): Readonly<Record<string, string>> {
  const texts = strategies.flatMap(({ name: strategy }) =>
    estimators.map(({ name: estimator }) => {
      const space =
        estimator === 'table'
          ? { type: 'nasbench201', operations: ['skip_connect', 'conv_3x3'], cellsPerStage: 1, channels: 2 }
          : { type: 'cell', nodes: 1, cells: 3, channels: 2, stemMultiplier: 1 };
      const isGradient = strategy.endsWith('darts');
      const config = {
        ...{ seed: 5, engine: 'fused', space, strategy: { type: strategy } },
        ...(!isGradient && { estimator: { type: estimator, ...estimatorKeys[estimator] } }),
        data: { set: 'synthetic', trainImages: 80, testImages: 40, imageSize: 8 },
        training: { batchSize: 8 },
        budget: { epochs: 2, trials: 6 },
        final: {
          ...{ epochs: 1, cells: 3, channels: 2, batchSize: 16, randomNetworks: 1, cutout: 2, dropPath: 0.1 },
          proof: false,
        },
        output: { logEverySteps: 1 },
      };
      return [isGradient ? strategy : `${strategy} with ${estimator}`, JSON.stringify(config)] as const;
    }),
  );
  const valid = texts.filter(([, text]) => parseConfig(text).issues.every(({ kind }) => kind === 'check'));
  return Object.fromEntries(valid);
}

/** @returns whether it was killed before its end */
function killed(args: readonly string[], afterEvents: number): Promise<boolean> {
  const child = spawn(process.execPath, [builtCli, ...args, '--json', '--threads', '1']);
  let left = afterEvents;
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  createInterface({ input: child.stdout }).on('line', () => {
    if (--left === 0) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) =>
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(true);
      else if (code === 0) resolve(false);
      else reject(new Error(`nas ${args.join(' ')} ended with ${code}: ${said}`));
    }),
  );
}

function comparable(folder: RunFolder): unknown {
  const events = effectiveEvents(readEventLog(folder.eventsPath).events)
    .filter(({ type }) => type !== 'resumed')
    .map((event) => ({ ...event, time: 0, seq: 0, ...('runId' in event && { runId: '' }) }));
  const { finishedAt: _, runId: _id, ...result } = folder.readResult()!;
  return { events, result, genotype: folder.readGenotype()?.genotype };
}

describe('a run that is killed', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'nas-kills-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`${kills} times in all, at random, ends as one that was left alone`, async () => {
    const random = Random.fromSeed(3, 'kills');
    const configs = Object.entries(combinations());
    const order = random.shuffle(Int32Array.from(configs.keys()));
    let made = 0;
    let runs = 0;
    for (let i = 0; made < kills; i++) {
      const [title, text] = configs[order[i % order.length]!]!;
      const file = path.join(folder, `${i}`, 'x.nas.json');
      mkdirSync(path.dirname(file));
      writeFileSync(file, text);
      const [alone, disturbed] = ['alone', 'disturbed'].map((name) => path.join(path.dirname(file), name));
      assert.equal(await killed(['run', file, '--out', alone!], Infinity), false);
      const [left] = listRuns(alone!);
      const { length } = readEventLog(left!.eventsPath).events;
      let own = 0;
      const next = (): number =>
        made + own < kills && own < killsOfRun ? 1 + random.integer(length) : Infinity;
      let isKilled = await killed(['run', file, '--out', disturbed!], next());
      const [name] = readdirSync(disturbed!);
      while (isKilled) {
        own++;
        // A kill after all was written.
        if (listRuns(disturbed!)[0]!.isFinished) break;
        isKilled = await killed(['resume', path.join(disturbed!, name!)], next());
      }
      made += own;
      runs++;
      assert.deepEqual(comparable(listRuns(disturbed!)[0]!), comparable(left!), `${title}, ${own} kills`);
      rmSync(path.dirname(file), { recursive: true });
    }
    console.log(`      ${made} kills of ${runs} runs over ${configs.length} set-ups: 0 lost`);
  });
});
