/** Judges untrained networks by a score from one batch; a trial is one step. */
import type { ArrayBatch } from '../network/batch';
import { layoutOf } from '../network/structure';
import { zeroCostProxies } from '../network/reference/zeroCost';
import { Random } from '../random';
import type { BatchSource } from '../search/process';
import type { Snapshot } from '../snapshot';
import type { Genotype } from '../space/genotype';
import { AssessedAtOnce } from './atOnce';
import type { Estimator, EstimatorContext, Evaluation } from './estimator';
import type { ZeroCostOptions } from './estimators/zeroCost';
import { averageStepWork } from './trainingEstimator';

export class ZeroCost implements Estimator {
  readonly stepWork: number;
  readonly expectedSteps = { preparation: 0, trial: 1 };
  private readonly batch: ArrayBatch;

  constructor(
    private readonly options: ZeroCostOptions,
    private readonly context: EstimatorContext,
  ) {
    const { data, training } = context;
    this.batch = firstImages(data.trainBatches('zero-cost'), options.images);
    this.stepWork = (averageStepWork(context) / training.batchSize) * options.images;
  }

  /** The weights start alike for all, so that a score depends on the architecture alone. */
  evaluate(genotype: Genotype): Evaluation {
    const { space, frame, seed } = this.context;
    const plan = space.proxy(genotype, frame);
    return new AssessedAtOnce(1, async () => {
      const weights = layoutOf(plan).initialize(Random.fromSeed(seed, 'zero-cost weights'));
      const score = await zeroCostProxies[this.options.proxy](plan, weights, this.batch);
      return { score };
    });
  }

  snapshot(): Snapshot {
    return { meta: null, arrays: {} };
  }

  restore(): void {
    // Nothing changes.
  }

  dispose(): void {
    // Tensors do not outlive an assessment.
  }
}

/** The first images of a source as one batch. */
function firstImages(source: BatchSource, count: number): ArrayBatch {
  const parts: ArrayBatch[] = [];
  for (let have = 0; have < count; have += parts.at(-1)!.shape[0]) parts.push(source.next());
  const [, height, width, channels] = parts[0]!.shape;
  const size = height * width * channels;
  const images = new Float32Array(count * size);
  const labels: number[] = [];
  for (const part of parts) {
    const start = labels.length;
    labels.push(...Array.from(part.labels).slice(0, count - start));
    images.set(part.images.subarray(0, (labels.length - start) * size), start * size);
  }
  return { images, labels, shape: [count, height, width, channels] };
}
