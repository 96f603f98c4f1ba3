/**
 * The network of one genotype: one operation an edge, BN with scale, shift and running statistics, and drop-path
 * (Larsson et al., 2017) while training.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Random } from '../random';
import { planFoundNetwork } from '../space/cell/plan';
import type { Genotype, Skeleton } from '../space/genotype';
import type { Batch } from './batch';
import { batchNormMomentum } from './batchNorm';
import { buildCellNetwork, type CellNetwork, type EdgeRule } from './cellNetwork';
import { countCorrect, crossEntropy } from './primitives';

export interface TrainingGradients {
  readonly loss: tf.Scalar;
  readonly correct: tf.Scalar;
  /** ∇w as one flat vector. */
  readonly weights: tf.Tensor1D;
}

/** Drops an edge's output for single images and scales the others up, except where the edge is an identity. */
function edgeRule(dropPath: number, random?: Random): EdgeRule {
  return (x, site, pass) => {
    const y = site.candidates[0]!(x, pass);
    const isIdentity = site.plan.candidates[0]!.operation === 'skip_connect' && site.plan.stride === 1;
    if (!random || dropPath === 0 || isIdentity) return y;
    const keep = 1 - dropPath;
    const mask = Array.from({ length: x.shape[0] }, () => (random.uniform() < keep ? 1 / keep : 0));
    return tf.mul(y, tf.tensor4d(mask, [mask.length, 1, 1, 1]));
  };
}

/** A found network with the running statistics of its BNs, which it owns. */
export class FoundNetwork {
  readonly network: CellNetwork;
  /** Running means, then running variances, of all BNs: [2, Σ channels]. */
  private running: tf.Tensor2D;

  constructor(genotype: Genotype, skeleton: Skeleton) {
    this.network = buildCellNetwork(planFoundNetwork(genotype, skeleton));
    const channels = this.network.batchNorms.reduce((sum, n) => sum + n, 0);
    this.running = tf.tidy(() => tf.stack([tf.zeros([channels]), tf.ones([channels])]) as tf.Tensor2D);
  }

  /** Loss, hits and ∇w of a training batch; moves the running statistics on. The receiver owns the tensors. */
  differentiate(batch: Batch, weights: tf.Tensor1D, dropPath: number, random: Random): TrainingGradients {
    const means: tf.Tensor1D[] = [];
    const variances: tf.Tensor1D[] = [];
    let correct: tf.Scalar | undefined;
    const { value, grad } = tf.valueAndGrad((w) => {
      const pass = {
        weights: this.network.layout.split(w as tf.Tensor1D),
        training: true,
        statistics: (index: number, mean: tf.Tensor1D, variance: tf.Tensor1D) => {
          means[index] = mean;
          variances[index] = variance;
        },
      };
      const logits = this.network.forward(batch.images, pass, edgeRule(dropPath, random));
      correct = tf.keep(countCorrect(logits, batch.labels));
      return crossEntropy(logits, batch.labels);
    })(weights);
    const updated = tf.tidy(() => {
      const batchStatistics = tf.stack([tf.concat(means), tf.concat(variances)]);
      const kept = tf.mul(this.running, 1 - batchNormMomentum);
      return tf.add<tf.Tensor2D>(kept, tf.mul(batchStatistics, batchNormMomentum));
    });
    tf.dispose([means, variances, this.running]);
    this.running = updated;
    return { loss: value, correct: correct!, weights: grad as tf.Tensor1D };
  }

  /** Loss and hits with running statistics. The receiver owns the tensors. */
  evaluate(batch: Batch, weights: tf.Tensor1D): { loss: tf.Scalar; correct: tf.Scalar } {
    return tf.tidy(() => {
      const [means, variances] = tf.unstack(this.running) as [tf.Tensor1D, tf.Tensor1D];
      const sizes = [...this.network.batchNorms];
      const meanPieces = tf.split<tf.Tensor1D>(means, sizes);
      const variancePieces = tf.split<tf.Tensor1D>(variances, sizes);
      const running = meanPieces.map((mean, i) => [mean, variancePieces[i]!] as const);
      const pass = { weights: this.network.layout.split(weights), training: false, running };
      const logits = this.network.forward(batch.images, pass, edgeRule(0));
      return { loss: crossEntropy(logits, batch.labels), correct: countCorrect(logits, batch.labels) };
    });
  }

  /** Running statistics for a checkpoint. */
  async statistics(): Promise<Float32Array> {
    return (await this.running.data()) as Float32Array;
  }

  /** @param values what `statistics` gave */
  restoreStatistics(values: Float32Array): void {
    const shape = this.running.shape;
    this.running.dispose();
    this.running = tf.tensor2d(values, shape);
  }

  dispose(): void {
    this.running.dispose();
  }
}
