/**
 * Which statistics BN is judged with while a training is short: `npm run bench:statistics [-- --set mnist --space cell --part 1/2]`.
 *
 * Random architectures are trained on real images and judged after 18 steps and after 1, 2, 4 and 8 epochs, each time with
 * the statistics of several ways at the same weights: the training does not depend on them. The table has the mean accuracies
 * and how each way's early scores rank the architectures beside their final ones. One thread; `--part i/n` does every n-th
 * architecture, and the last part to end prints the table of all. What was judged is kept in `runs/statistics`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layOver, presetFor } from '../src/config/presets';
import { configSchema } from '../src/config/schema';
import { measuredBatches } from '../src/estimate/networkTrainer';
import { loadJobData, type JobData } from '../src/job/data';
import { spaceOf } from '../src/job/plan';
import type { ArrayBatch } from '../src/network/batch';
import { FusedNetwork } from '../src/network/fused/fusedNetwork';
import { cosineRate, Sgd } from '../src/network/optimizers';
import { populationStatistics } from '../src/network/populationStatistics';
import type { Statistics } from '../src/network/trainableNetwork';
import { Random } from '../src/random';
import type { SearchData } from '../src/search/searchData';
import type { NetworkPlan } from '../src/space/plan';
import { kendall, mean, spearman } from '../src/statistics';

const { values: options } = parseArgs({
  options: {
    set: { type: 'string', default: 'fashion-mnist' },
    space: { type: 'string', default: 'nasbench201' },
    architectures: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
  },
});
const seed = Number(options.seed);
const [part, parts] = options.part.split('/').map(Number) as [number, number];
const root = join(__dirname, '..');
const epochs = 8;
const shortSteps = 18;
const judgedEpochs = [1, 2, 4, epochs];
/** Batches for statistics that are as good as they get. */
const manyBatches = 32;
const momentum = 0.1;

const spaces: Record<string, object> = {
  nasbench201: { type: 'nasbench201', cellsPerStage: 1, channels: 4 },
  cell: { type: 'cell', nodes: 3, cells: 3, channels: 4 },
};
const config = configSchema.parse(
  layOver(presetFor({ preset: 'laptop' }), {
    seed,
    space: spaces[options.space],
    strategy: { type: 'random' },
    // 1,200 train, 2,400 judge.
    data: { set: options.set, trainImages: 3600, testImages: 100, imageSize: 10, validationShare: 2 / 3 },
    training: { batchSize: 32, learningRate: 0.1, minLearningRate: 0.001 },
  }),
);

/** Average with weight `momentum` for the newest batch, from mean 0 and variance 1: as in PyTorch, and here until now. */
class MovingAverage {
  private readonly values: Float32Array;
  private steps = 0;

  constructor(size: number) {
    this.values = new Float32Array(size).fill(1, size / 2);
  }

  add(statistics: Statistics): void {
    this.steps++;
    statistics.forEach((value, i) => {
      this.values[i] = (1 - momentum) * this.values[i]! + momentum * value;
    });
  }

  get plain(): Statistics {
    return this.values;
  }

  /** Without what is left of the start, as the averages of Adam are corrected. */
  get corrected(): Statistics {
    const start = (1 - momentum) ** this.steps;
    const half = this.values.length / 2;
    return this.values.map((value, i) => (value - (i < half ? 0 : start)) / (1 - start));
  }
}

interface Point {
  /** Accuracy by way. */
  readonly accuracies: Record<string, number>;
  /** Of the training in its last steps, at most 18. */
  readonly training: number;
}

interface Judged {
  /** After `short` steps, and after epochs. */
  readonly points: Record<string, Point>;
  /** Milliseconds. */
  readonly times: { training: number; judging: number; measuring: number };
}

const ours = 'measured for the weights';

async function judgeArchitecture(plan: NetworkPlan, data: SearchData, index: number): Promise<Judged> {
  const network = new FusedNetwork(plan, 1);
  const { training } = config;
  const sgd = new Sgd(network.layout.initialize(Random.fromSeed(seed, `trial ${index} weights`)), training);
  const batches = data.trainBatches(`trial ${index}`);
  const plain = [...data.plainBatches()].filter(({ shape }) => shape[0] === training.batchSize);
  const validation = [...data.validationBatches()];
  const times = { training: 0, judging: 0, measuring: 0 };
  const timed = async <T>(which: keyof typeof times, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    times[which] += performance.now() - start;
    return result;
  };
  const measure = async (count: number): Promise<Statistics> => {
    const measured: Statistics[] = [];
    for (const batch of plain.slice(0, count)) measured.push(await network.measure(batch, sgd.weights));
    return populationStatistics(measured);
  };
  const accuracyWith = async (statistics: Statistics): Promise<number> => {
    let correct = 0;
    for (const batch of validation)
      correct += (await network.evaluate(batch, sgd.weights, statistics)).correct;
    return correct / validation.reduce((sum: number, { shape }: ArrayBatch) => sum + shape[0], 0);
  };
  const average = new MovingAverage(2 * network.batchNorms.reduce((sum, n) => sum + n, 0));
  const recent: number[] = [];
  const judge = async (counts: boolean): Promise<Point> => {
    const few = measuredBatches(data.stepsPerEpoch);
    const fitting = counts ? await timed('measuring', () => measure(few)) : await measure(few);
    const accuracy = counts
      ? await timed('judging', () => accuracyWith(fitting))
      : await accuracyWith(fitting);
    const accuracies = {
      'moving average, as before': await accuracyWith(average.plain),
      'moving average, corrected for its start': await accuracyWith(average.corrected),
      [`${ours}, ${few} batches`]: accuracy,
      [`${ours}, ${manyBatches} batches`]: await accuracyWith(await measure(manyBatches)),
    };
    return { accuracies, training: mean(recent.slice(-6)) };
  };
  const points: Record<string, Point> = {};
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let step = 1; step <= data.stepsPerEpoch; step++) {
      const batch = batches.next();
      average.add(await network.measure(batch, sgd.weights));
      const { correct, weights } = await timed('training', async () => {
        const result = await network.differentiate(batch, sgd.weights);
        sgd.apply(result.weights, cosineRate(training, epoch, epochs));
        return result;
      });
      if (!weights.every(Number.isFinite)) throw new RangeError(`Architecture ${index} diverged.`);
      recent.push(correct / batch.shape[0]);
      if (epoch === 0 && step === shortSteps) points['short'] = await judge(false);
    }
    if (judgedEpochs.includes(epoch + 1)) points[epoch + 1] = await judge(true);
  }
  network.dispose();
  return { points, times };
}

function report(all: readonly Judged[]): void {
  const columns = ['short', ...judgedEpochs.map(String)];
  const ways = Object.keys(all[0]!.points['short']!.accuracies);
  const scores = (way: string, column: string): number[] =>
    all.map(({ points }) => points[column]!.accuracies[way]!);
  const percent = (values: readonly number[]): string =>
    `${(100 * mean(values)).toFixed(1)} (${(100 * Math.min(...values)).toFixed(0)}–${(100 * Math.max(...values)).toFixed(0)})`;
  const names = columns.map((column) => (column === 'short' ? `${shortSteps} steps` : `${column} epochs`));
  console.log(
    `\n${all.length} architectures, ${options.space}, ${options.set}: mean accuracy (least–most), %`,
  );
  console.log(`| statistics | ${names.join(' | ')} |`);
  for (const way of ways) {
    console.log(`| ${way} | ${columns.map((column) => percent(scores(way, column))).join(' | ')} |`);
  }
  const trained = columns.map((column) => percent(all.map(({ points }) => points[column]!.training)));
  console.log(`| _in training, last 6 steps_ | ${trained.join(' | ')} |`);
  // By the way of before: it is the one that gains nothing from the choice.
  const final = scores(ways[0]!, String(epochs));
  console.log(
    `\nrank correlation with the scores after ${epochs} epochs (by the moving average): Spearman, Kendall`,
  );
  for (const way of ways) {
    const cells = columns.map((column) => {
      const early = scores(way, column);
      return `${spearman(early, final).toFixed(2)}, ${kendall(early, final).toFixed(2)}`;
    });
    console.log(`| ${way} | ${cells.join(' | ')} |`);
  }
  const sum = (which: keyof Judged['times']): number => all.reduce((s, { times }) => s + times[which], 0);
  const judgements = judgedEpochs.length;
  const share = sum('measuring') / (sum('training') + sum('judging') + sum('measuring'));
  const each =
    sum('measuring') /
    judgements /
    (sum('training') / epochs + (sum('judging') + sum('measuring')) / judgements);
  console.log(`\nmeasuring takes ${(100 * share).toFixed(2)} % of a training judged ${judgements} times,`);
  console.log(`${(100 * each).toFixed(2)} % of one that is judged after every epoch`);
}

const folder = join(root, 'runs', 'statistics');
const fileOf = (which: number): string =>
  join(folder, `${options.set}-${options.space}-${options.architectures}-${seed}-${which}-of-${parts}.json`);

async function main(): Promise<void> {
  const job: JobData = await loadJobData(config, {
    configFolder: root,
    packedFolder: join(root, 'dist', 'data'),
  });
  const space = spaceOf(config);
  const random = Random.fromSeed(seed, 'correlation');
  const drawn = new Map<string, NetworkPlan>();
  while (drawn.size < Number(options.architectures)) {
    const genotype = space.sample(random);
    drawn.set(space.canonical(genotype), space.proxy(genotype, job.input));
  }
  const data = job.search();
  const judged: Judged[] = [];
  for (const [index, plan] of [...drawn.values()].entries()) {
    if (index % parts !== part - 1) continue;
    judged.push(await judgeArchitecture(plan, data, index));
    console.error(`architecture ${index + 1} of ${drawn.size}`);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(part), JSON.stringify(judged));
  const files = Array.from({ length: parts }, (_, i) => fileOf(i + 1));
  if (files.every((file) => existsSync(file))) {
    report(files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Judged[]));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
