/**
 * Measures how long the parts of networks take: one forward pass for one image, on the engine that found networks run on.
 * A part is too short to be timed by itself, so networks with one and with several copies of it are timed in turns, and
 * the difference is shared by the copies that one has more.
 */
import { setImmediate } from 'node:timers/promises';
import type { Measurement } from '../cost/latencyTable';
import type { Part, Tail } from '../cost/parts';
import { createFoundNetwork, type EngineOptions } from '../network/engines';
import type { FoundNetwork } from '../network/foundNetwork';
import { Random } from '../random';
import { layersOutput, type Layer, type Shape } from '../space/layers';
import type { CellPlan, NetworkPlan } from '../space/plan';

/** Copies of a part that the larger network has more than the smaller one. */
const moreCopies = 4;
/** Passes that are not counted: programs are written, caches filled, code compiled. */
const warmUp = 5;

/** The runs are cut into so many stretches, or fewer of this many runs. */
const stretches = 5;
const shortest = 5;

export interface ProbeOptions {
  readonly engine: EngineOptions;
  /** Times that each is measured. */
  readonly runs: number;
}

/** Milliseconds of one forward pass of a network for one image. */
export async function measureNetwork(plan: NetworkPlan, options: ProbeOptions): Promise<Measurement> {
  return summarize(await timeInTurns([plan], options), ([ms]) => ms!);
}

/** Passes before anything is measured, so that code is compiled. */
const firstPasses = 200;

/** Of a network of next to nothing: what every pass takes. */
export async function measureOverhead(options: ProbeOptions): Promise<Measurement> {
  const nothing = emptyNetwork({ height: 1, width: 1, channels: 1 });
  await timeInTurns([nothing], { ...options, runs: firstPasses });
  return measureNetwork(nothing, options);
}

/** @param overhead ms of a pass through a network of next to nothing */
export async function measurePart(part: Part, overhead: number, options: ProbeOptions): Promise<Measurement> {
  const times = await timeInTurns(plansOf(part), options);
  const shares = part.kind === 'layers' ? moreCopies : 1;
  return summarize(times, ([first, second]) =>
    second === undefined ? first! - overhead : (second - first!) / shares,
  );
}

/** The larger of the networks that a part is measured in. */
export function largerPlan(part: Part): NetworkPlan {
  return plansOf(part).at(-1)!;
}

/** The networks that a part is measured in, the smaller one first. */
function plansOf(part: Part): NetworkPlan[] {
  switch (part.kind) {
    case 'layers':
      return [1, 1 + moreCopies].map((copies) => copiesOf(part.layers, part.input, copies));
    case 'head': {
      const without = emptyNetwork(part.input);
      return [without, { ...without, head: part.layers, features: layersOutput(part.layers, part.input) }];
    }
    case 'classifier':
      return [withTail(part.tail)];
  }
}

function emptyNetwork(features: Shape): NetworkPlan {
  return withTail({ features, classes: 2 });
}

/** One channel at the size of the features, brought to their channels, and all that follows. */
function withTail(tail: Tail): NetworkPlan {
  const { height, width, channels } = tail.features;
  return {
    ...tail,
    input: { height, width, channels: 1 },
    stem: [
      { kind: 'conv', kernel: 1, stride: 1, filters: channels },
      { kind: 'batchNorm', affine: true },
    ],
    cells: [],
    head: [],
  };
}

/**
 * A network whose one cell has the layers several times: one after the other where they keep the shape, else side by side
 * into one node.
 */
function copiesOf(layers: readonly Layer[], input: Shape, copies: number): NetworkPlan {
  const output = layersOutput(layers, input);
  const keeps =
    output.height === input.height && output.width === input.width && output.channels === input.channels;
  const stride = keeps || output.height === input.height ? 1 : 2;
  const edges = Array.from({ length: copies }, (_, i) => ({
    from: keeps ? i : 0,
    stride,
    // Names of their own: an engine takes operations without weights that have one name for one.
    candidates: [{ operation: `copy ${i}`, layers }],
  }));
  const nodes = keeps ? edges.map((edge) => [edge]) : [edges];
  const cell: CellPlan = {
    kind: 'normal',
    channels: output.channels,
    partial: 1,
    inputs: [input],
    preprocess: [[]],
    entry: input,
    nodes: nodes as CellPlan['nodes'],
    concat: [nodes.length],
    output,
  };
  return { ...emptyNetwork(input), cells: [cell], features: output };
}

/** Milliseconds of [run][network]: one pass of each in turn, so that what slows the machine slows all of them. */
async function timeInTurns(
  plans: readonly NetworkPlan[],
  { engine, runs }: ProbeOptions,
): Promise<number[][]> {
  const runners: { readonly network: FoundNetwork; pass(): Promise<unknown> }[] = [];
  const times: number[][] = [];
  try {
    for (const plan of plans) runners.push(runnerOf(plan, engine));
    for (let run = -warmUp; run < runs; run++) {
      const row: number[] = [];
      for (const { pass } of runners) {
        const start = performance.now();
        await pass();
        row.push(performance.now() - start);
      }
      if (run >= 0) times.push(row);
      // The reference computes without a pause; signals come in here.
      await setImmediate();
    }
  } finally {
    for (const { network } of runners) network.dispose();
  }
  return times;
}

function runnerOf(plan: NetworkPlan, engine: EngineOptions) {
  const network = createFoundNetwork(plan, engine);
  const random = Random.fromSeed(1, 'latency');
  const weights = network.layout.initialize(random);
  const { height, width, channels } = plan.input;
  const images = Float32Array.from({ length: height * width * channels }, () => random.normal());
  const batch = { images, labels: Uint8Array.of(0), shape: [1, height, width, channels] as const };
  return { network, pass: () => network.evaluate({ ...batch, shape: [...batch.shape] }, weights) };
}

/**
 * Median and interquartile range in the quietest stretch of the runs: where other programs compute at times, a median over
 * all runs would be one of two machines. A difference that noise made negative counts as 0.
 * @param times of [run][network]
 */
export function summarize(
  times: readonly (readonly number[])[],
  value: (row: readonly number[]) => number,
): Measurement {
  const length = Math.max(shortest, Math.ceil(times.length / stretches));
  const total = (row: readonly number[]): number => row.reduce((sum, ms) => sum + ms, 0);
  let quietest: readonly (readonly number[])[] = [];
  let least = Infinity;
  for (let start = 0; start === 0 || start + length <= times.length; start += length) {
    const stretch = times.slice(start, start + length);
    const middle = quantile(stretch.map(total), 0.5);
    if (middle >= least) continue;
    least = middle;
    quietest = stretch;
  }
  const values = quietest.map(value);
  const spread = quantile(values, 0.75) - quantile(values, 0.25);
  return { ms: round(Math.max(0, quantile(values, 0.5))), spread: round(spread), runs: times.length };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))]!;
}

/** To tenths of a microsecond. */
function round(ms: number): number {
  return Math.round(ms * 1e4) / 1e4;
}
