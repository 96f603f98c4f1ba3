/**
 * What class weights and macro-F1 are worth on unbalanced classes: `npm run bench:unbalanced [-- --seeds 5 --trials 4 --set fashion-mnist]`.
 *
 * Real images, of which every second class keeps a twentieth: 1 : 20. The same search, over the same architectures from the same
 * seed, runs by accuracy with all images alike, by macro-F1 with `balanced` class weights, with either of the two alone, and by macro-F1 with balanced
 * sampling; the found networks are judged on a test split in which all classes are equally frequent. The table has their macro-F1 for each
 * seed, mean ± standard error, and the difference from the first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layOver, presetFor } from '../src/config/presets';
import { configSchema, type Config, type ConfigInput } from '../src/config/schema';
import type { ImageSet } from '../src/data/dataSet';
import { Control } from '../src/job/control';
import { loadData } from '../src/job/data';
import { prepareJob } from '../src/job/prepare';
import { runJob } from '../src/job/run';
import { replayRun } from '../src/protocol/runState';
import { countsOf } from '../src/protocol/testReport';
import { Random } from '../src/random';
import { readEventLog } from '../src/runs/eventLog';
import { RunFolder } from '../src/runs/runFolder';
import { classScores, scoreOf } from '../src/scores';
import { mean, standardError } from '../src/statistics';

const { values: options } = parseArgs({
  options: {
    set: { type: 'string', default: 'fashion-mnist' },
    seeds: { type: 'string', default: '5' },
    trials: { type: 'string', default: '4' },
    frequent: { type: 'string', default: '200' },
    test: { type: 'string', default: '100' },
  },
});
const frequent = Number(options.frequent);
const rare = Math.round(frequent / 20);
const testOfClass = Number(options.test);

/** Positions of so many random images of each class, in a random order. */
function draw(set: ImageSet, wanted: (label: number) => number, random: Random): number[] {
  const order = random.shuffle(Int32Array.from({ length: set.count }, (_, i) => i));
  const taken = new Array<number>(set.classes).fill(0);
  return [...order].filter((i) => taken[set.labels[i]!]!++ < wanted(set.labels[i]!));
}

/** Images and labels of an IDX pair: magic number, dimensions, bytes. */
function writeIdx(folder: string, name: string, set: ImageSet, positions: readonly number[]): void {
  const header = (type: number[], dimensions: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * dimensions.length);
    bytes.set([...type, dimensions.length]);
    dimensions.forEach((length, i) => bytes.writeUInt32BE(length, 4 + 4 * i));
    return bytes;
  };
  const images = positions.map((i) => set.images.at(i));
  const labels = Uint8Array.from(positions, (i) => set.labels[i]!);
  const count = positions.length;
  const imageHeader = header([0, 0, 8], [count, set.height, set.width]);
  writeFileSync(join(folder, `${name}-images`), Buffer.concat([imageHeader, ...images]));
  writeFileSync(join(folder, `${name}-labels`), Buffer.concat([header([0, 0, 8], [count]), labels]));
}

/** What of a config differs. */
interface Treatment {
  readonly title: string;
  readonly score: Config['score'];
  readonly data?: Partial<Pick<Config['data'], 'classWeights' | 'sampling'>>;
}

const treatments: readonly Treatment[] = [
  { title: 'accuracy', score: 'accuracy' },
  { title: 'macro-F1, weights', score: 'macroF1', data: { classWeights: 'balanced' } },
  { title: 'accuracy, weights', score: 'accuracy', data: { classWeights: 'balanced' } },
  { title: 'macro-F1', score: 'macroF1' },
  { title: 'macro-F1, sampling', score: 'macroF1', data: { sampling: 'balanced' } },
];

function configOf(seed: number, { score, data }: Treatment): Config {
  const written: ConfigInput = {
    preset: 'laptop',
    seed,
    engine: 'fused',
    score,
    space: { type: 'nasbench201', channels: 8, cellsPerStage: 1 },
    strategy: { type: 'random' },
    estimator: { type: 'training', epochs: 6 },
    budget: { trials: Number(options.trials) },
    data: {
      set: 'idx',
      files: {
        trainImages: 'train-images',
        trainLabels: 'train-labels',
        testImages: 'test-images',
        testLabels: 'test-labels',
      },
      imageSize: 14,
      validationShare: 0.3,
      ...data,
    },
    training: { batchSize: 64, learningRate: 0.1 },
    final: {
      ...{ epochs: 15, channels: 8, batchSize: 64, learningRate: 0.1, cutout: 0, dropPath: 0 },
      ...{ randomNetworks: 0, proof: false },
    },
  };
  return configSchema.parse(layOver(presetFor(written), written));
}

interface Outcome {
  readonly macroF1: number;
  readonly accuracy: number;
  /** Mean recall of the rare classes. */
  readonly rareRecall: number;
}

async function search(folder: string, config: Config): Promise<Outcome> {
  const about = { name: 'unbalanced', configFile: '', configFolder: folder, tool: 'bench' };
  const run = RunFolder.create(join(folder, 'runs'), { ...about, config });
  await runJob({
    folder: run,
    control: new Control(),
    prepared: await prepareJob(config, { configFolder: folder, engine: 'fused', threads: 2 }),
    proof: { script: '' },
    onEvent: () => undefined,
    onTelemetry: () => undefined,
  });
  const { networks } = replayRun(readEventLog(run.eventsPath).events);
  const { report, testLoss } = networks.find(({ phase }) => phase === 'final')!;
  const counts = countsOf(report!);
  const recalls = classScores(counts).flatMap(({ recall }, k) => (k % 2 === 1 ? [recall] : []));
  return {
    macroF1: scoreOf('macroF1', counts, testLoss),
    accuracy: scoreOf('accuracy', counts, testLoss),
    rareRecall: mean(recalls),
  };
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nas-unbalanced-'));
  try {
    const full = configSchema.parse({ data: { set: options.set } });
    const { train, test } = await loadData(full, { configFolder: folder });
    const outcomes = treatments.map((): Outcome[] => []);
    for (let seed = 1; seed <= Number(options.seeds); seed++) {
      const random = Random.fromSeed(seed, 'unbalanced');
      writeIdx(
        folder,
        'train',
        train,
        draw(train, (label) => (label % 2 === 1 ? rare : frequent), random),
      );
      writeIdx(
        folder,
        'test',
        test,
        draw(test, () => testOfClass, random),
      );
      for (const [i, treatment] of treatments.entries()) {
        const outcome = await search(folder, configOf(seed, treatment));
        outcomes[i]!.push(outcome);
        const { macroF1, accuracy, rareRecall } = outcome;
        const shares = `macro-F1 ${percent(macroF1)}  accuracy ${percent(accuracy)}  recall of rare classes ${percent(rareRecall)}`;
        console.log(`seed ${seed}  ${treatment.title.padEnd(18)}  ${shares}`);
      }
    }
    const of = (values: readonly number[]): string =>
      `${percent(mean(values))} ± ${percent(standardError(values))}`;
    for (const [i, { title }] of treatments.entries()) {
      const scores = outcomes[i]!.map(({ macroF1 }) => macroF1);
      const difference = scores.map((score, seed) => score - outcomes[0]![seed]!.macroF1);
      console.log(`${title.padEnd(18)}  macro-F1 ${of(scores)}  difference ${of(difference)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

void main();
