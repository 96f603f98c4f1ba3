/**
 * The supernet as the papers write it, every operation on every edge on its own, on tensors: for reading, and for testing
 * faster engines against. An edge outputs ō(x) = Σ_o m_o · o(x) (DARTS, equation 2) with the weights m of the mixture; with
 * partial channels, o sees the first 1/K of the channels and the others pass by (PC-DARTS, equation 1).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { NetworkPlan } from '../../space/plan';
import type { CellKind } from '../../space/frame';
import type { ArrayBatch } from '../batch';
import { runNetwork, sumOf, type EdgeRule, type EdgeSite } from './cellNetwork';
import { runLayers, type Pass } from './layers';
import { flattenMixtures, unflattenMixtures } from '../mixture';
import type { ParameterLayout } from '../parameters';
import { splitParameters } from './parameterViews';
import { structureOf, type NetworkStructure } from '../structure';
import type { BatchScore, Mixtures, Supernet, SupernetGradients } from '../supernet';
import { readArray, readScore, scoreTensors, toTensors, type ScoreTensors } from './tensorBatch';

/** One weight of a mixture: its tensor [1], or undefined where it is 0 and nothing is computed. */
type Weight = tf.Tensor | undefined;
type WeightsOf<T> = Readonly<Record<CellKind, T>>;
interface WeightTensors {
  readonly operations: readonly (readonly Weight[])[];
  readonly bypass?: readonly Weight[];
}

/** Cuts a flat mixture [n] into its weights; differentiable. */
function cutMixtures(flat: tf.Tensor1D, mixtures: Mixtures): WeightsOf<WeightTensors> {
  const numbers = flattenMixtures(mixtures);
  const pieces = tf.split(flat, new Array<number>(numbers.length).fill(1));
  // Numbers its own weights, which gives every weight its piece.
  const places = unflattenMixtures([...numbers.keys()], mixtures);
  const weight = (place: number): Weight => (numbers[place] === 0 ? undefined : pieces[place]);
  const ofKind = (kind: CellKind): WeightTensors => ({
    operations: places[kind].operations.map((row) => row.map(weight)),
    bypass: places[kind].bypass?.map(weight),
  });
  return { normal: ofKind('normal'), reduction: ofKind('reduction') };
}

/** Σ_o m_o · o(x). What gives zeros adds nothing to the sum. */
function mixedOperations(
  x: tf.Tensor4D,
  { edge }: EdgeSite,
  weights: readonly Weight[],
  pass: Pass,
): tf.Tensor4D | undefined {
  return sumOf(
    edge.candidates.map(({ zeros, layers }, o) => {
      const weight = weights[o];
      if (!weight || zeros) return undefined;
      return tf.mul<tf.Tensor4D>(runLayers(layers, x, pass), weight);
    }),
  );
}

function mixtureRule(mixtures: WeightsOf<WeightTensors>): EdgeRule {
  return (x, site, pass) => {
    const { plan } = site.cell;
    const { edge, bypass } = site.edge;
    const { operations, bypass: bypassWeights } = mixtures[plan.kind as CellKind];
    const weights = operations[edge]!;
    if (!bypass) return mixedOperations(x, site, weights, pass);
    const { channels } = plan.entry;
    const taking = channels / plan.partial;
    const [taken, passing] = tf.split(x, [taking, channels - taking], 3) as [tf.Tensor4D, tf.Tensor4D];
    const passed = runLayers(bypass, passing, pass);
    const share = bypassWeights![edge];
    const [batch, height, width] = passed.shape;
    const mixed = mixedOperations(taken, site, weights, pass);
    return tf.concat4d(
      [
        mixed ?? tf.zeros([batch, height, width, taking]),
        share ? tf.mul<tf.Tensor4D>(passed, share) : tf.zerosLike(passed),
      ],
      3,
    );
  };
}

export class ReferenceSupernet implements Supernet {
  readonly layout: ParameterLayout;
  private readonly structure: NetworkStructure;

  constructor(readonly plan: NetworkPlan) {
    this.structure = structureOf(plan);
    this.layout = this.structure.layout;
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    mixtures: Mixtures,
    wanted: 'weights' | 'mixtures' | 'both',
  ): Promise<SupernetGradients> {
    const { score, gradients } = tf.tidy(() => {
      const w = tf.tensor1d(weights);
      const m = tf.tensor1d(flattenMixtures(mixtures));
      let predicted: tf.Tensor1D | undefined;
      const lossAt = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => {
        const scored = this.score(batch, x as tf.Tensor1D, y as tf.Tensor1D, mixtures);
        predicted = tf.keep(scored.predicted);
        // Adds nothing, but lets the loss depend on the mixture where no candidate has an effect.
        return tf.add(scored.loss, tf.mul(0, tf.sum(y)));
      };
      const { value, grads } = {
        weights: () => tf.valueAndGrads((x) => lossAt(x, m))([w]),
        mixtures: () => tf.valueAndGrads((y) => lossAt(w, y))([m]),
        both: () => tf.valueAndGrads((x, y) => lossAt(x, y))([w, m]),
      }[wanted]();
      return { score: { loss: value, predicted: predicted! }, gradients: grads };
    });
    const [read, ...arrays] = await Promise.all([readScore(score, batch), ...gradients.map(readArray)]);
    const ofWeights = wanted === 'mixtures' ? undefined : arrays[0];
    const ofMixtures = wanted === 'weights' ? undefined : arrays.at(-1);
    return {
      ...read,
      weights: ofWeights,
      mixtures: ofMixtures && unflattenMixtures(ofMixtures, mixtures),
    };
  }

  evaluate(batch: ArrayBatch, weights: Float32Array, mixtures: Mixtures): Promise<BatchScore> {
    const flat = flattenMixtures(mixtures);
    return readScore(
      tf.tidy(() => this.score(batch, tf.tensor1d(weights), tf.tensor1d(flat), mixtures)),
      batch,
    );
  }

  dispose(): void {
    // Nothing is kept between two calls.
  }

  /** Loss and hits at flat weights and a flat mixture. */
  private score(batch: ArrayBatch, weights: tf.Tensor1D, mixture: tf.Tensor1D, like: Mixtures): ScoreTensors {
    const { images, ...labelled } = toTensors(batch, this.plan.classes);
    const pass = { weights: splitParameters(this.layout, weights) };
    const logits = runNetwork(this.structure, images, pass, mixtureRule(cutMixtures(mixture, like)));
    return scoreTensors(logits, labelled);
  }
}
