/** The events of a finished run on ten classes, as far as a verdict follows from them. */
import type { RunEvent, RunEventBody } from '../../src/protocol/events';
import type { ScoreName } from '../../src/scores';
import { dartsV2 } from './genotypes';

export interface FinishedRunOptions {
  /** Test accuracy of the found network; undefined when none was trained. */
  readonly found?: number;
  /** Test accuracies of random networks. */
  readonly random?: readonly number[];
  /** Images of the test split. */
  readonly test?: number;
  /** Steps of the final training, an even number. */
  readonly steps?: number;
  /** Training accuracy of its last epoch. */
  readonly trained?: number;
  /** Share of the test split that is of the most frequent class. */
  readonly largestShare?: number;
  /** What networks are judged by where it is not the accuracy: `found` and `random` are then such scores, all with one error. */
  readonly score?: { readonly name: ScoreName; readonly blind: number; readonly error: number };
  /** How many architectures a sampling search judges; 0 in a gradient search. */
  readonly trials?: number;
}

export function finishedRun(options: FinishedRunOptions): RunEvent[] {
  const {
    found,
    random = [],
    test = 500,
    steps = 100,
    trained = 0.9,
    largestShare = 0.1,
    trials = 0,
    score,
  } = options;
  const judged = (value: number) =>
    score
      ? { testAccuracy: 0.5, testScore: { name: score.name, value, error: score.error } }
      : { testAccuracy: value };
  const network = { genotype: dartsV2, parameters: 1000, flops: 2000 };
  const bodies: RunEventBody[] = [
    {
      type: 'run',
      ...{
        runId: 'digits',
        name: 'digits',
        tool: 'test',
        engine: 'fused engine 1',
        seed: 1,
        strategy: 'darts',
      },
      data: 'synthetic',
      space: { type: 'cell', size: '1', operations: [], edges: [], inputs: 2, inputsPerNode: 2 },
      ...{ trials, epochs: 2, stepsPerEpoch: 10, warmupEpochs: 0 },
      images: { train: 500, validation: 500, test },
      classes: { count: 10, largestShare },
      ...(score && { score: { name: score.name, blind: score.blind } }),
    },
  ];
  if (found !== undefined) {
    const phase = { phase: 'final', index: 0 } as const;
    bodies.push(
      { type: 'phase', ...phase, of: 1, epochs: 2, stepsPerEpoch: steps / 2 },
      { type: 'epoch', ...phase, epoch: 1, loss: 1, accuracy: trained },
      { type: 'network', ...phase, ...network, testLoss: 1, ...judged(found) },
    );
  }
  random.forEach((value, index) => {
    bodies.push({ type: 'network', phase: 'baseline', index, ...network, testLoss: 1, ...judged(value) });
  });
  bodies.push({ type: 'finished', ...network, testAccuracy: found });
  return bodies.map((body, seq) => ({ ...body, seq, time: 0 }));
}
