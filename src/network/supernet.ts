/**
 * The DARTS supernet (Liu et al., 2019): every edge outputs the sum of all candidate operations weighted by the softmax
 * of its row of α (equation 2). α is shared by all cells of a kind. BN always uses the statistics of the batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { cellKinds, type CellKind, type Skeleton } from '../space/genotype';
import { planSupernet } from '../space/cell/plan';
import { cellEdges, type CellSpace } from '../space/cell/space';
import type { Batch } from './batch';
import { buildCellNetwork, type CellNetwork, type EdgeRule } from './cellNetwork';
import { countCorrect, crossEntropy } from './primitives';

/** α [edges, operations] of both cell kinds. */
export type Alphas = Readonly<Record<CellKind, tf.Tensor2D>>;

/** What one differentiated pass gives. The receiver owns the tensors. */
export interface SupernetGradients {
  readonly loss: tf.Scalar;
  /** Number of images classified right. */
  readonly correct: tf.Scalar;
  /** ∇w as one flat vector. */
  readonly weights?: tf.Tensor1D;
  readonly alphas?: Alphas;
}

/**
 * A supernet as a pure function of weights and α. Implementations differ in how they compute it, not in what they
 * compute: the same weights give the same loss and gradients.
 */
export interface Supernet {
  readonly network: CellNetwork;
  /** [edges, operations] */
  readonly alphaShape: readonly [number, number];
  /** Loss and the gradients asked for. */
  differentiate(
    batch: Batch,
    weights: tf.Tensor1D,
    alphas: Alphas,
    wanted: 'weights' | 'alphas',
  ): SupernetGradients;
  /** Loss and hits without gradients. The receiver owns the tensors. */
  evaluate(batch: Batch, weights: tf.Tensor1D, alphas: Alphas): { loss: tf.Scalar; correct: tf.Scalar };
}

/** Rows of softmax(α) cut into scalars, by kind, edge and operation. */
type MixWeights = Readonly<Record<CellKind, readonly (readonly tf.Tensor[])[]>>;

function mixWeights(alphas: Alphas): MixWeights {
  const cut = (kind: CellKind): tf.Tensor[][] =>
    tf.unstack(tf.softmax(alphas[kind])).map((row) => tf.unstack(row));
  return { normal: cut('normal'), reduction: cut('reduction') };
}

/** ō(x) = Σ_o softmax(α)_o · o(x), equation 2. `none` adds nothing to the sum. */
function mixedOperation(mix: MixWeights): EdgeRule {
  return (x, site, pass) => {
    const terms = site.candidates.flatMap((candidate, k) =>
      site.plan.candidates[k]!.operation === 'none'
        ? []
        : [tf.mul<tf.Tensor4D>(candidate(x, pass), mix[site.kind][site.edge]![k]!)],
    );
    return terms.length === 1 ? terms[0]! : tf.addN(terms);
  };
}

/** The formula as it is written, every operation on every edge on its own. */
export class ReferenceSupernet implements Supernet {
  readonly network: CellNetwork;
  readonly alphaShape: readonly [number, number];

  constructor(space: CellSpace, skeleton: Skeleton) {
    this.network = buildCellNetwork(planSupernet(space, skeleton));
    this.alphaShape = [cellEdges(space.nodes).length, space.operations.length];
  }

  differentiate(
    batch: Batch,
    weights: tf.Tensor1D,
    alphas: Alphas,
    wanted: 'weights' | 'alphas',
  ): SupernetGradients {
    let correct: tf.Scalar | undefined;
    const scored = (w: tf.Tensor1D, a: Alphas): tf.Scalar => {
      const logits = this.logits(batch, w, a);
      correct = tf.keep(countCorrect(logits, batch.labels));
      return crossEntropy(logits, batch.labels);
    };
    if (wanted === 'weights') {
      const { value, grad } = tf.valueAndGrad((w) => scored(w as tf.Tensor1D, alphas))(weights);
      return { loss: value, correct: correct!, weights: grad as tf.Tensor1D };
    }
    const { value, grads } = tf.valueAndGrads((normal, reduction) =>
      scored(weights, { normal: normal as tf.Tensor2D, reduction: reduction as tf.Tensor2D }),
    )(cellKinds.map((kind) => alphas[kind]));
    const [normal, reduction] = grads as [tf.Tensor2D, tf.Tensor2D];
    return { loss: value, correct: correct!, alphas: { normal, reduction } };
  }

  evaluate(batch: Batch, weights: tf.Tensor1D, alphas: Alphas): { loss: tf.Scalar; correct: tf.Scalar } {
    return tf.tidy(() => {
      const logits = this.logits(batch, weights, alphas);
      return { loss: crossEntropy(logits, batch.labels), correct: countCorrect(logits, batch.labels) };
    });
  }

  private logits(batch: Batch, weights: tf.Tensor1D, alphas: Alphas): tf.Tensor2D {
    const pass = { weights: this.network.layout.split(weights), training: true };
    return this.network.forward(batch.images, pass, mixedOperation(mixWeights(alphas)));
  }
}
