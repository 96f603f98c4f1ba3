/**
 * A made-up run for working on the dashboard without a search: repeatable from a seed, in the size of a small DARTS
 * search. α drifts towards a preference of every edge, losses fall with noise. Never part of the product.
 */
import type { RunEvent, RunEventBody } from '../../src/protocol/events';
import type { TestReport } from '../../src/protocol/testReport';
import type { Telemetry } from '../../src/protocol/worker';
import { Random } from '../../src/random';
import type { Genotype } from '../../src/space/genotype';
import { bench201Operations } from '../../src/space/bench201/plan';
import { Bench201SearchSpace } from '../../src/space/bench201/space';
import { CellSearchSpace } from '../../src/space/cell/space';
import { softmax } from '../../src/space/cell/alpha';
import { dartsOperations } from '../../src/space/operations';
import { spaceNamed } from '../../src/space/registry';
import type { SearchSpace, SupernetSpace } from '../../src/space/searchSpace';
import { cellsOf, skipsOf } from '../architecture/drawnCell';

export interface FakeRunOptions {
  readonly seed?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  readonly logEverySteps?: number;
  readonly warmupEpochs?: number;
  readonly nodes?: number;
  readonly name?: string;
  /** Draw α towards skip connections, as a collapsing search does. */
  readonly collapse?: boolean;
  /** Whether a collapse guard counts skip connections and stops the search. */
  readonly guard?: boolean;
  /** Edges have a β of their own, as in PC-DARTS. */
  readonly betas?: boolean;
  readonly space?: 'cell' | 'nasbench201';
  /** Of how many of the 2,000 test images the generated code predicts another class than the engine. */
  readonly differing?: number;
  /** Test accuracies of the found network and of the random ones. */
  readonly found?: number;
  readonly random?: readonly number[];
  /** Classes of the test images; without them the found network has no report on them. */
  readonly classes?: number;
}

/** Most skip connections that the made-up guard allows. */
const allowed = 2;

const started = Date.UTC(2025, 0, 15, 9, 30);

/** All events of a whole run: search, training of the found network, three random networks, end. */
export function fakeRun(options: FakeRunOptions = {}): RunEvent[] {
  const {
    seed = 1,
    epochs = 8,
    stepsPerEpoch = 120,
    logEverySteps = 10,
    warmupEpochs = 1,
    nodes = 4,
    differing = 0,
    found = 0.984,
    random: accuracies = [0.962, 0.971, 0.9575],
  } = options;
  const random = Random.fromSeed(seed, 'fake run');
  const space: SearchSpace =
    options.space === 'nasbench201'
      ? new Bench201SearchSpace({ operations: bench201Operations, cellsPerStage: 5, channels: 16 })
      : new CellSearchSpace({
          ...{ operations: dartsOperations, nodes, inputsPerNode: 2 },
          ...{ cells: 8, channels: 16, stemMultiplier: 3 },
        });
  const { operations, edges, kinds } = space.supernet!;
  const bodies: RunEventBody[] = [];
  const alpha = fakeAlpha(space.supernet!, random, options);
  bodies.push({
    type: 'run',
    runId: '2025-01-15-0930',
    name: options.name ?? 'mnist-darts',
    tool: 'nas-workbench 0.1.0',
    engine: 'fused engine 0.1.0, WebAssembly SIMD with fused multiply–add, 2 threads',
    seed,
    strategy: options.betas ? 'pc-darts' : 'darts',
    data: 'mnist',
    space: {
      ...{ type: space.type, size: space.size.toString(), operations: [...operations], edges: [...edges] },
      inputs: spaceNamed(space.type)!.cells!.inputs,
      inputsPerNode: space.supernet!.inputsPerNode,
    },
    trials: 0,
    epochs,
    stepsPerEpoch,
    warmupEpochs,
    images: { train: 4000, validation: 4000, test: 2000 },
    classes: { count: 10, largestShare: 0.1135 },
    supernet: {
      parameters: 1_930_618,
      flops: 301_454_848,
      alphas: kinds.length * edges.length * operations.length,
    },
  });
  bodies.push({ type: 'phase', phase: 'search', index: 0, of: 1, epochs, stepsPerEpoch });
  const curve = lossCurve(random, 2.3, 0.12, epochs * stepsPerEpoch);
  let genotype: Genotype = space.supernet!.discretize(alpha.weights());
  let keep = 0;
  let stopped = false;
  for (let epoch = 0; epoch < epochs && !stopped; epoch++) {
    const held = epoch < warmupEpochs;
    for (let within = 1; within <= stepsPerEpoch; within++) {
      const step = epoch * stepsPerEpoch + within;
      if (!held) alpha.advance(epochs * stepsPerEpoch);
      if (within !== stepsPerEpoch && step % logEverySteps !== 0) continue;
      const { loss, accuracy } = curve(step, 0.16);
      const validationLoss = held ? undefined : curve(step, 0.2).loss * 1.12;
      bodies.push({
        type: 'step',
        phase: 'search',
        index: 0,
        epoch,
        step,
        loss,
        accuracy,
        learningRate: 0.025,
        validationLoss,
      });
      bodies.push({ type: 'alpha', epoch, step, ...alpha.values() });
    }
    const { loss, accuracy } = curve((epoch + 0.6) * stepsPerEpoch, 0.01);
    const validation = { validationLoss: loss * 1.1, validationAccuracy: accuracy - 0.012 };
    bodies.push({ type: 'epoch', phase: 'search', index: 0, epoch, loss, accuracy, ...validation });
    const now = space.supernet!.discretize(alpha.weights());
    bodies.push({ type: 'genotype', epoch, genotype: now });
    if (options.guard) {
      const cells = cellsOf(now)!;
      const skips = skipsOf(cells.normal ?? cells.only!);
      stopped = skips > allowed;
      if (!stopped) [keep, genotype] = [epoch, now];
      const said = stopped ? { rule: 'skips' as const } : {};
      bodies.push({ type: 'collapse', epoch, skips, allowed, stopped, keep, ...said });
      if (stopped) bodies.push({ type: 'genotype', epoch: keep, genotype });
    } else genotype = now;
  }
  const network = { parameters: 212_458, flops: 38_204_672 };
  bodies.push(...training('final', 0, 1, random, stepsPerEpoch), {
    ...{ type: 'network', phase: 'final', index: 0, genotype, ...network },
    ...{ testLoss: 0.061, testAccuracy: found },
    ...(options.classes !== undefined && { report: fakeReport(options.classes, random) }),
  });
  const engineRight = Math.round(found * 2000);
  bodies.push({
    type: 'proof',
    proof: {
      ...{
        outcome: 'compared',
        engine: 'tensorflow',
        version: '2.21.0',
        images: 2000,
        differing,
        nearTies: 0,
      },
      ...{ right: engineRight - differing, engineRight, margin: 1e-4, deviation: 8e-7 },
    },
  });
  accuracies.forEach((testAccuracy, index) => {
    const drawn = {
      parameters: 180_000 + random.integer(60_000),
      flops: 30_000_000 + random.integer(12_000_000),
    };
    bodies.push(...training('baseline', index, accuracies.length, random, stepsPerEpoch));
    bodies.push({
      type: 'network',
      phase: 'baseline',
      index,
      genotype: space.sample(random),
      ...drawn,
      testLoss: 0.1,
      testAccuracy,
    });
  });
  bodies.push({ type: 'finished', genotype, testAccuracy: found, ...network });
  return bodies.map((body, seq) => ({ ...body, seq, time: started + seq * 150 }));
}

/** The events up to and with the last logged step of an epoch (counted from 0) of the search. */
export function untilEpoch(events: readonly RunEvent[], epoch: number, share = 0.5): RunEvent[] {
  const steps = events.filter((event) => event.type === 'alpha' && event.epoch === epoch);
  const last = steps[Math.min(steps.length - 1, Math.floor(steps.length * share))]!;
  return events.filter((event) => event.seq <= last.seq);
}

/** What the worker would say at the last of these events. */
export function fakeTelemetry(events: readonly RunEvent[], change: Partial<Telemetry> = {}): Telemetry {
  const phase = events.findLast((event) => event.type === 'phase');
  const last = events.findLast((event) => event.type === 'step');
  const steps = (phase?.epochs ?? 0) * (phase?.stepsPerEpoch ?? 0);
  const step = last && last.phase === phase?.phase && last.index === phase.index ? last.step : 0;
  const wanted = events.find((event) => event.type === 'run')?.trials ?? 0;
  const searched =
    wanted > 0 ? events.filter((event) => event.type === 'trial').length / wanted : step / Math.max(1, steps);
  const progress = phase?.phase === 'search' ? 0.7 * searched : 0.7 + (0.3 * step) / Math.max(1, 4 * steps);
  return {
    ...{
      state: 'running',
      activity: '',
      phase: phase?.phase,
      epoch: last?.epoch ?? 0,
      epochs: phase?.epochs ?? 0,
    },
    ...{
      step,
      steps,
      progress,
      etaSeconds: (1 - progress) * 260,
      stepMs: 312,
      engine: 'fused engine 0.1.0, WebAssembly SIMD with fused multiply–add, 2 threads',
    },
    ...{ residentBytes: 1_214_000_000, engineBytes: 868_000_000 },
    ...change,
  };
}

function fakeAlpha(supernet: SupernetSpace, random: Random, options: FakeRunOptions) {
  const { operations, edges, kinds } = supernet;
  const skip = operations.indexOf('skip_connect');
  const none = operations.indexOf('none');
  const matrix = (rowCount: number) => {
    const rows = Array.from({ length: rowCount }, () => operations.map(() => random.normal() * 1e-3));
    const drift = rows.map((row) => row.map((_, k) => random.normal() * 0.9 - (k === none ? 0.4 : 0)));
    return { rows, drift, betas: rows.map(() => random.normal() * 1e-3) };
  };
  const normal = matrix(edges.length);
  const reduction = matrix(kinds.includes('reduction') ? edges.length : 0);
  const copy = (rows: readonly number[][]): number[][] => rows.map((row) => [...row]);
  // Skip connections gain the more the longer the search lasts.
  const pull = (edge: number, k: number, share: number): number =>
    options.collapse && k === skip && edge % 3 !== 2 ? 5 * share ** 2 : 0;
  let done = 0;
  return {
    advance(steps: number): void {
      const share = done++ / steps;
      for (const { rows, drift, betas } of [normal, reduction]) {
        rows.forEach((row, edge) =>
          row.forEach((_, k) => {
            row[k]! += ((drift[edge]![k]! + pull(edge, k, share)) * 1.4) / steps + random.normal() * 0.006;
          }),
        );
        if (options.betas) betas.forEach((_, edge) => (betas[edge]! += (2 * drift[edge]![0]!) / steps));
      }
    },
    /** As an `alpha` event has it. */
    values: () => ({
      ...{ normal: copy(normal.rows), reduction: copy(reduction.rows) },
      ...(options.betas && { betas: { normal: [...normal.betas], reduction: [...reduction.betas] } }),
    }),
    /** After the softmax; β is left out, so close calls may be decided otherwise than on the dashboard. */
    weights: () => ({ normal: normal.rows.map(softmax), reduction: reduction.rows.map(softmax) }),
  };
}

/** Loss and accuracy over steps: an exponential fall from `from` towards `to`, with noise in proportion to the loss. */
export function lossCurve(random: Random, from: number, to: number, steps: number) {
  return (step: number, noise: number): { loss: number; accuracy: number } => {
    const clean = to + (from - to) * Math.exp((-5 * step) / steps);
    const loss = clean * Math.exp(noise * random.normal());
    return { loss, accuracy: Math.min(1, Math.max(0.05, Math.exp(-loss * 0.95))) };
  };
}

function training(
  phase: 'final' | 'baseline',
  index: number,
  of: number,
  random: Random,
  perEpoch: number,
): RunEventBody[] {
  const epochs = 3;
  const bodies: RunEventBody[] = [{ type: 'phase', phase, index, of, epochs, stepsPerEpoch: perEpoch }];
  const curve = lossCurve(random, 2.2, 0.06, epochs * perEpoch);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let within = 10; within <= perEpoch; within += 10) {
      const step = epoch * perEpoch + within;
      bodies.push({ type: 'step', phase, index, epoch, step, ...curve(step, 0.15), learningRate: 0.025 });
    }
    bodies.push({ type: 'epoch', phase, index, epoch, ...curve((epoch + 0.7) * perEpoch, 0.01) });
  }
  return bodies;
}

/** Twenty test images a class, of which most are recognized, and pictures of noise. */
function fakeReport(classes: number, random: Random): TestReport {
  const confusion: TestReport['confusion'] = [];
  for (let truth = 0; truth < classes; truth++) {
    const near = (truth + 1) % classes;
    const wrong = random.integer(6);
    const pairs: [number, number][] = [
      [truth, 20 - wrong],
      [near, wrong],
    ];
    for (const [predicted, images] of pairs.sort(([a], [b]) => a - b)) {
      if (images > 0) confusion.push([truth, predicted, images]);
    }
  }
  const side = 28;
  const worst = Array.from({ length: 50 }, (_, i) => {
    const truth = random.integer(classes);
    const bytes = Array.from({ length: side * side * 3 }, () => random.integer(256));
    return {
      ...{ image: random.integer(2000), truth, predicted: (truth + 1) % classes, loss: 9 - 0.1 * i },
      ...{ height: side, width: side, channels: 3 },
      pixels: btoa(String.fromCharCode(...bytes)),
    };
  });
  const names = [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Boot',
  ];
  const classNames = Array.from({ length: classes }, (_, k) => names[k] ?? `a longer class name ${k}`);
  return { classNames, confusion, worst };
}
