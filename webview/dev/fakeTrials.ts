/**
 * A made-up sampling search for working on the dashboard: an evolution over one of the four spaces whose scores rise with
 * size and with luck. Repeatable from a seed. Never part of the product.
 */
import type { RunEvent, RunEventBody, RunEventOf } from '../../src/protocol/events';
import { Random } from '../../src/random';
import { bench201Operations } from '../../src/space/bench201/plan';
import { Bench201SearchSpace } from '../../src/space/bench201/space';
import { CellSearchSpace } from '../../src/space/cell/space';
import type { SearchSpace } from '../../src/space/searchSpace';
import type { ChainGenotype } from '../../src/space/chain/genotype';
import type { MbconvGenotype } from '../../src/space/mbconv/genotype';
import type { Genotype, SpaceType } from '../../src/space/genotype';
import { dartsOperations } from '../../src/space/operations';
import { lossCurve } from './fakeRun';

export interface FakeTrialsOptions {
  readonly seed?: number;
  readonly trials?: number;
  /** Ends before the search does: after so many trials. */
  readonly until?: number;
  readonly space?: SpaceType;
  /** Shared weights are trained first, instead of each network by itself. */
  readonly shared?: boolean;
  /** Nothing is trained: scores out of a table. */
  readonly table?: boolean;
  readonly latency?: boolean;
  readonly name?: string;
}

/** What the made-up evolution needs of a space. */
interface FakeSpace {
  readonly size: string;
  sample(random: Random): Genotype;
  mutate(genotype: Genotype, random: Random): { genotype: Genotype; by: string };
  text(genotype: Genotype): string;
}

type Trial = Omit<RunEventOf<'trial'>, 'seq' | 'time'>;

const started = Date.UTC(2025, 0, 16, 9, 30);
const population = 16;

/** All events of a whole run: trials, training of the found network, end; or those up to `until`. */
export function fakeTrials(options: FakeTrialsOptions = {}): RunEvent[] {
  const { seed = 1, trials = 60, until = Infinity, space: type = 'cell' } = options;
  const random = Random.fromSeed(seed, 'fake trials');
  const space = fakeSpace(type);
  const bodies: RunEventBody[] = [];
  const estimator = options.table ? 'table' : options.shared ? 'shared-weights' : 'training';
  bodies.push({
    type: 'run',
    ...{ runId: '2025-01-16-0930', name: options.name ?? `mnist-evolution`, tool: 'nas-workbench 0.1.0' },
    ...{
      engine: 'fused engine 0.1.0, WebAssembly SIMD with fused multiply–add, 2 threads',
      seed,
      strategy: 'evolution',
      data: 'mnist',
      estimator,
      trials,
    },
    space: { type, size: space.size, operations: [], edges: [], inputs: 2, inputsPerNode: 2 },
    ...{ epochs: 2, stepsPerEpoch: 40, warmupEpochs: 0 },
    images: { train: 4000, validation: 4000, test: 2000 },
    classes: { count: 10, largestShare: 0.1135 },
  });
  bodies.push({ type: 'phase', phase: 'search', index: 0, of: 1, epochs: trials, stepsPerEpoch: 80 });
  if (options.shared) bodies.push(...training(random, undefined, 4));
  const done: Trial[] = [];
  let best = -Infinity;
  for (let index = 0; index < Math.min(trials, until); index++) {
    const proposal = propose(space, done, random);
    const costs = fakeCosts(space.text(proposal.genotype));
    const rejected = costs.flops > 175e6;
    const failed = !rejected && random.uniform() < 0.04;
    if (!options.table && !options.shared && !rejected)
      bodies.push(...training(random, index, failed ? 1 : 2));
    const quality = 0.86 + 0.12 * (1 - Math.exp(-costs.parameters / 210_000)) + random.normal() * 0.008;
    const score = Math.min(0.995, quality);
    const trial: Trial = {
      type: 'trial',
      ...{ index, text: space.text(proposal.genotype), ...proposal },
      costs: options.latency ? { ...costs, latencyMs: 0.4 + costs.flops / 6e7 } : costs,
      ...(rejected
        ? {
            status: 'rejected' as const,
            message: `${(costs.flops / 1e6).toFixed(1)} M multiply–accumulates, more than the limit of 175 M`,
          }
        : failed
          ? { status: 'failed' as const, message: 'The loss is not a number in epoch 1.' }
          : { status: 'done' as const, score, metrics: { epochs: 2, validationLoss: 1.2 * (1 - score) } }),
    };
    bodies.push(trial);
    done.push(trial);
    if (trial.score !== undefined && trial.score > best) {
      best = trial.score;
      bodies.push({ type: 'genotype', epoch: index, trial: index, genotype: trial.genotype });
    }
    const scored = done.filter(({ score }) => score !== undefined).length;
    if (scored > 1)
      bodies.push({ type: 'report', source: 'strategy', trial: index, values: strategyReport(done) });
    if (options.shared && index > 3) {
      const spearman = 0.75 * (1 - Math.exp(-index / 12)) + random.normal() * 0.02;
      bodies.push({ type: 'report', source: 'estimator', trial: index, values: { spearman } });
    }
  }
  if (until >= trials) bodies.push(...ending(done, random));
  return bodies.map((body, seq) => ({ ...body, seq, time: started + seq * 150 }));
}

function propose(space: FakeSpace, done: readonly Trial[], random: Random) {
  const alive = done.filter(({ score }) => score !== undefined).slice(-population);
  if (done.length < population || alive.length < 2) {
    return { genotype: space.sample(random), parents: [], by: 'random' };
  }
  const draws = Array.from({ length: 5 }, () => alive[random.integer(alive.length)]!);
  const parent = draws.reduce((a, b) => (b.score! > a.score! ? b : a));
  const other = alive[random.integer(alive.length)]!;
  const { genotype, by } = space.mutate(parent.genotype, random);
  const crossed = random.uniform() < 0.2 && other !== parent;
  return crossed
    ? { genotype, parents: [parent.index, other.index], by: 'crossover' }
    : { genotype, parents: [parent.index], by };
}

/** Costs that follow from the words of an architecture: every operation has its weight. */
function fakeCosts(text: string) {
  const weights: readonly [RegExp, number][] = [
    [/sep_conv_3x3/g, 12_400],
    [/sep_conv_5x5/g, 18_900],
    [/dil_conv_3x3/g, 6_700],
    [/dil_conv_5x5/g, 9_800],
    [/(nor_)?conv_3x3/g, 21_000],
    [/conv_1x1/g, 4_100],
    [/conv_5x5/g, 40_000],
    [/\b[357]×[357]/g, 14_000],
  ];
  const parameters = weights.reduce(
    (sum, [words, weight]) => sum + weight * (text.match(words)?.length ?? 0),
    26_218,
  );
  const flops = Math.round(parameters * 380);
  return { parameters, flops, memoryMiB: 0.8 + parameters / 90_000 };
}

/** Mean and spread of the population, as an evolution may report them. */
function strategyReport(done: readonly Trial[]) {
  const scores = done.flatMap(({ score }) => score ?? []).slice(-population);
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length);
  return { populationMean: mean, populationSpread: Math.sqrt(variance) };
}

function training(random: Random, trial: number | undefined, epochs: number): RunEventBody[] {
  const perEpoch = 40;
  const place = { phase: 'search', index: 0, ...(trial !== undefined && { trial }) } as const;
  const curve = lossCurve(random, 2.3, 0.15, epochs * perEpoch);
  return Array.from({ length: epochs }, (_, epoch) => epoch).flatMap((epoch): RunEventBody[] => {
    const steps = [10, 20, 30, 40].map((within): RunEventBody => {
      const step = epoch * perEpoch + within;
      return { type: 'step', ...place, epoch, step, ...curve(step, 0.15), learningRate: 0.025 };
    });
    const { loss, accuracy } = curve((epoch + 0.7) * perEpoch, 0.01);
    const validation = { validationLoss: loss * 1.1, validationAccuracy: accuracy - 0.012 };
    return [...steps, { type: 'epoch', ...place, epoch, loss, accuracy, ...validation }];
  });
}

function ending(done: readonly Trial[], random: Random): RunEventBody[] {
  const scored = done.filter(({ score }) => score !== undefined);
  const { genotype, costs } = scored.reduce((a, b) => (b.score! > a.score! ? b : a));
  const { parameters, flops } = costs;
  const bodies: RunEventBody[] = [];
  bodies.push({ type: 'phase', phase: 'final', index: 0, of: 1, epochs: 3, stepsPerEpoch: 60 });
  const curve = lossCurve(random, 2.2, 0.06, 180);
  for (let step = 10; step <= 180; step += 10) {
    const epoch = Math.ceil(step / 60) - 1;
    const place = { phase: 'final', index: 0, epoch } as const;
    bodies.push({ type: 'step', ...place, step, ...curve(step, 0.15), learningRate: 0.025 });
    if (step % 60 === 0) bodies.push({ type: 'epoch', ...place, ...curve(step, 0.01) });
  }
  const judged = { testLoss: 0.055, testAccuracy: 0.9865 };
  bodies.push({ type: 'network', phase: 'final', index: 0, genotype, parameters, flops, ...judged });
  bodies.push({ type: 'finished', genotype, testAccuracy: judged.testAccuracy, parameters, flops });
  return bodies;
}

function fakeSpace(type: SpaceType): FakeSpace {
  if (type === 'chain') return chainSpace;
  if (type === 'mbconv') return mbconvSpace;
  const space: SearchSpace =
    type === 'cell'
      ? new CellSearchSpace({
          ...{ operations: dartsOperations, nodes: 4, inputsPerNode: 2 },
          ...{ cells: 8, channels: 16, stemMultiplier: 3 },
        })
      : new Bench201SearchSpace({ operations: bench201Operations, cellsPerStage: 5, channels: 16 });
  return {
    size: space.size.toString(),
    sample: (random) => space.sample(random),
    text: (genotype) => space.encode(genotype),
    mutate: (genotype, random) => {
      const mutation = space.mutations[random.integer(space.mutations.length)]!;
      return { genotype: mutation.apply(genotype, random)!, by: mutation.name };
    },
  };
}

const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(values.length)]!;

const chainSpace: FakeSpace = {
  size: (20n ** 10n).toString(),
  sample: (random): ChainGenotype => ({
    space: 'chain',
    connections: 'skip',
    layers: Array.from({ length: 10 }, (_, layer) => chainLayer(random, layer)),
  }),
  mutate: (genotype, random) => {
    const { layers, ...rest } = genotype as ChainGenotype;
    const at = random.integer(layers.length);
    const changed = layers.map((layer, index) => (index === at ? chainLayer(random, index) : layer));
    return { genotype: { ...rest, layers: changed }, by: 'operation' };
  },
  text: (genotype) =>
    (genotype as ChainGenotype).layers.map(({ operation, channels }) => `${operation}:${channels}`).join(' '),
};

function chainLayer(random: Random, layer: number): ChainGenotype['layers'][number] {
  const operations = ['conv_3x3', 'sep_conv_5x5', 'max_pool_3x3', 'skip_connect', 'sep_conv_3x3'];
  return {
    operation: pick(random, operations),
    channels: pick(random, [16, 32, 64, 128]),
    stride: layer === 3 || layer === 6 ? 2 : 1,
  };
}

const mbconvSpace: FakeSpace = {
  size: (54n ** 12n).toString(),
  sample: (random): MbconvGenotype => ({
    space: 'mbconv',
    stem: { channels: 16, stride: 2, activation: 'hard_swish' },
    stages: [16, 24, 40, 80, 112].map((channels, stage) => mbconvStage(random, channels, stage)),
    gate: 'hard_sigmoid',
    head: { channels: 480, activation: 'hard_swish', hidden: 640 },
  }),
  mutate: (genotype, random) => {
    const { stages, ...rest } = genotype as MbconvGenotype;
    const at = random.integer(stages.length);
    const changed = stages.map((stage, index) =>
      index === at ? mbconvStage(random, stage.channels, index) : stage,
    );
    return { genotype: { ...rest, stages: changed }, by: 'stage' };
  },
  text: (genotype) =>
    (genotype as MbconvGenotype).stages
      .map(({ blocks }) => blocks.map(({ kernel, hidden }) => `${kernel}×${kernel}·${hidden}`).join(' '))
      .join(' | '),
};

function mbconvStage(random: Random, channels: number, stage: number): MbconvGenotype['stages'][number] {
  const squeezed = random.uniform() < 0.5;
  return {
    channels,
    stride: stage === 1 || stage === 2 ? 2 : 1,
    activation: stage < 2 ? 'relu' : 'hard_swish',
    blocks: Array.from({ length: 1 + random.integer(3) }, () => {
      const hidden = channels * pick(random, [3, 4, 6]);
      return { kernel: pick(random, [3, 5, 7] as const), hidden, squeeze: squeezed ? hidden / 4 : 0 };
    }),
  };
}
