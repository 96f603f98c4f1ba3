/**
 * The check of a trained network's generated code as a part of a job: a process runs the code, batch by batch of the test
 * split, and its logits are held against those that the engine gave. Between two batches the job may pause or stop.
 */
import { networkCost } from '../cost/network';
import { typescript } from '../generate/typescript';
import type { ArrayBatch } from '../network/batch';
import { structureOf } from '../network/structure';
import type { TrainedNetwork } from '../network/trainableNetwork';
import type { Proof } from '../protocol/proof';
import type { Process, Progress, StepContext } from '../search/process';
import { requireArray, type Snapshot } from '../snapshot';
import type { GenotypeFile } from '../space/genotype';
import { planNetwork } from '../space/network';
import { encodeWeights } from '../weights/file';
import { answeredBefore } from './answer';
import { ProofFailure, ProofProcess, type ProofProcessOptions } from './client';
import { Comparison } from './comparison';

export interface ProofContext {
  /** What the code is generated from. */
  readonly file: GenotypeFile;
  /** Undefined where `restore` is going to say it. */
  readonly trained: TrainedNetwork | undefined;
  /** The test split, in the order in which the engine saw it. */
  testBatches(): Iterable<ArrayBatch>;
  readonly testImages: number;
  /** Images in a batch, but for the last one. */
  readonly batchSize: number;
  readonly process: ProofProcessOptions;
}

export class GeneratedCodeProof implements Process {
  readonly epochs = 1;
  readonly stepsPerEpoch: number;
  /** Multiply–accumulates of one batch, forward alone. */
  readonly stepWork: number;
  /** What the engine holds; the process has memory of its own. */
  readonly memory = undefined;
  private trained: TrainedNetwork | undefined;
  private child: ProofProcess | undefined;
  private batches: Iterator<ArrayBatch> | undefined;
  private readonly comparison: Comparison;
  private ran: { engine: string; version: string } | undefined;
  private images = 0;
  private step = 0;
  /** The start or the batch under way, which a pause does not end. */
  private pending: Promise<void> | undefined;
  private result: Proof | undefined;

  constructor(private readonly context: ProofContext) {
    const { file, trained, testImages, batchSize } = context;
    this.trained = trained;
    this.stepsPerEpoch = Math.ceil(testImages / batchSize);
    this.stepWork = batchSize * networkCost(planNetwork(file.genotype, file.network)).flops;
    this.comparison = new Comparison(file.network.classes);
  }

  get progress(): Progress {
    return { epoch: 0, step: this.step };
  }

  get done(): boolean {
    return this.result !== undefined;
  }

  /** Starts the process, or checks one batch. Returns before it is answered when the person wants to stop or pause. */
  async advance({ emit, interrupted }: StepContext): Promise<void> {
    try {
      this.pending ??= this.next();
      if (!(await answeredBefore(this.pending, interrupted))) return;
      this.pending = undefined;
    } catch (error) {
      if (!(error instanceof ProofFailure)) throw error;
      this.result = { outcome: error.outcome, message: error.message };
    }
    if (this.result) emit({ type: 'proof', proof: this.result });
  }

  /** State between two batches: a check that is taken up again starts anew, so what it needs is all. */
  snapshot(): Snapshot {
    const { weights, statistics, logits } = this.trained!;
    return { meta: {}, arrays: { weights, statistics, logits } };
  }

  restore({ arrays }: Snapshot): void {
    const { file, testImages } = this.context;
    const { layout, batchNorms } = structureOf(planNetwork(file.genotype, file.network));
    const channels = batchNorms.reduce((sum, count) => sum + count, 0);
    this.trained = {
      weights: requireArray(arrays, 'weights', layout.size),
      statistics: requireArray(arrays, 'statistics', 2 * channels),
      logits: requireArray(arrays, 'logits', testImages * file.network.classes),
    };
  }

  dispose(): void {
    this.child?.dispose();
  }

  private async next(): Promise<void> {
    this.batches ??= this.context.testBatches()[Symbol.iterator]();
    if (!this.ran) {
      this.ran = await this.start();
      return;
    }
    const batch = this.batches.next();
    if (batch.done) {
      this.result = this.comparison.result(this.ran);
      return;
    }
    await this.check(batch.value);
    this.step++;
  }

  private start(): Promise<{ engine: string; version: string }> {
    const { file, process } = this.context;
    const { weights, statistics } = this.trained!;
    let code: string;
    let trained: Uint8Array;
    try {
      code = typescript.generate(file);
      trained = Buffer.concat(encodeWeights(file, { weights, statistics }));
    } catch (error) {
      throw new ProofFailure('broken', error instanceof Error ? error.message : String(error));
    }
    this.child = new ProofProcess(process);
    return this.child.build(code, trained);
  }

  private async check(batch: ArrayBatch): Promise<void> {
    const { classes } = this.context.file.network;
    const [count] = batch.shape;
    const ofCode = await this.child!.predict(batch);
    if (ofCode.length !== count * classes) {
      const each = ofCode.length / count;
      throw new ProofFailure(
        'broken',
        `it gives ${each} logits an image where there are ${classes} classes.`,
      );
    }
    const ofEngine = this.trained!.logits.subarray(this.images * classes, (this.images + count) * classes);
    this.comparison.add(batch.labels, ofEngine, ofCode);
    this.images += count;
  }
}
