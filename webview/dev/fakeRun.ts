/**
 * A made-up run for working on the dashboard without a search: repeatable from a seed, in the size of a small DARTS
 * search. α drifts towards a preference of every edge, losses fall with noise. Never part of the product.
 */
import type { RunEvent, RunEventBody } from '../../src/protocol/events';
import type { Telemetry } from '../../src/protocol/worker';
import { Random } from '../../src/random';
import { cellEdges, discretize, sampleGenotype, spaceSize, type CellSpace } from '../../src/space/cell/space';

export interface FakeRunOptions {
  readonly seed?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  readonly logEverySteps?: number;
  readonly warmupEpochs?: number;
  readonly nodes?: number;
  readonly name?: string;
  /** Softmax α this strongly towards skip connections, as a collapsing search does. */
  readonly collapse?: boolean;
}

export const dartsOperations = [
  'none',
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
] as const;

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
  } = options;
  const random = Random.fromSeed(seed, 'fake run');
  const space: CellSpace = { operations: dartsOperations, nodes, inputsPerNode: 2 };
  const bodies: RunEventBody[] = [];
  const alpha = fakeAlpha(space, random, options.collapse === true);
  const edges = cellEdges(nodes).length;
  bodies.push({
    type: 'run',
    runId: '2025-01-15-0930',
    name: options.name ?? 'mnist-darts',
    tool: 'nas-workbench 0.1.0',
    backend: 'tensorflow',
    seed,
    strategy: 'darts',
    data: 'mnist',
    space: { operations: [...dartsOperations], nodes, inputsPerNode: 2, size: spaceSize(space).toString() },
    epochs,
    stepsPerEpoch,
    warmupEpochs,
    images: { train: 4000, validation: 4000, test: 2000 },
    supernet: { parameters: 1_930_618, flops: 301_454_848, alphas: 2 * edges * dartsOperations.length },
  });
  bodies.push({ type: 'phase', phase: 'search', index: 0, of: 1, epochs, stepsPerEpoch });
  const curve = lossCurve(random, 2.3, 0.12, epochs * stepsPerEpoch);
  for (let epoch = 0; epoch < epochs; epoch++) {
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
    bodies.push({ type: 'genotype', epoch, genotype: discretize(space, alpha.values()) });
  }
  const genotype = discretize(space, alpha.values());
  const network = { parameters: 212_458, flops: 38_204_672 };
  bodies.push(...training('final', 0, 1, random, stepsPerEpoch), {
    ...{ type: 'network', phase: 'final', index: 0, genotype, ...network },
    ...{ testLoss: 0.061, testAccuracy: 0.984 },
  });
  [0.962, 0.971, 0.9575].forEach((testAccuracy, index) => {
    const drawn = {
      parameters: 180_000 + random.integer(60_000),
      flops: 30_000_000 + random.integer(12_000_000),
    };
    bodies.push(...training('baseline', index, 3, random, stepsPerEpoch));
    bodies.push({
      type: 'network',
      phase: 'baseline',
      index,
      genotype: sampleGenotype(space, random),
      ...drawn,
      testLoss: 0.1,
      testAccuracy,
    });
  });
  bodies.push({ type: 'finished', genotype, testAccuracy: 0.984, ...network });
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
  const progress =
    phase?.phase === 'search'
      ? (0.7 * step) / Math.max(1, steps)
      : 0.7 + (0.3 * step) / Math.max(1, 4 * steps);
  return {
    ...{
      state: 'running',
      activity: '',
      phase: phase?.phase,
      epoch: last?.epoch ?? 0,
      epochs: phase?.epochs ?? 0,
    },
    ...{ step, steps, progress, etaSeconds: (1 - progress) * 260, stepMs: 312, backend: 'tensorflow' },
    ...{ residentBytes: 1_214_000_000, engineBytes: 868_000_000 },
    ...change,
  };
}

function fakeAlpha(space: CellSpace, random: Random, collapse: boolean) {
  const skip = space.operations.indexOf('skip_connect');
  const matrix = () => {
    const rows = cellEdges(space.nodes).map(() => space.operations.map(() => random.normal() * 1e-3));
    const drift = rows.map((row, edge) =>
      row.map(
        (_, k) =>
          random.normal() * 0.9 + (collapse && k === skip && edge % 3 !== 2 ? 2.5 : 0) - (k === 0 ? 0.4 : 0),
      ),
    );
    return { rows, drift };
  };
  const [normal, reduction] = [matrix(), matrix()];
  return {
    advance(steps: number): void {
      for (const { rows, drift } of [normal, reduction]) {
        rows.forEach((row, edge) =>
          row.forEach((_, k) => {
            row[k]! += (drift[edge]![k]! * 1.4) / steps + random.normal() * 0.006;
          }),
        );
      }
    },
    values: () => ({
      normal: normal.rows.map((row) => [...row]),
      reduction: reduction.rows.map((row) => [...row]),
    }),
  };
}

/** Loss and accuracy over steps: an exponential fall from `from` towards `to`, with noise in proportion to the loss. */
function lossCurve(random: Random, from: number, to: number, steps: number) {
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
