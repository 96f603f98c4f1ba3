/** A network with one operation an edge on tensors, every layer on its own: the reference for faster engines. */
import * as tf from '@tensorflow/tfjs-core';
import type { NetworkPlan } from '../../space/plan';
import type { ArrayBatch } from '../batch';
import { runNetwork, type EdgeRule } from './cellNetwork';
import { runLayers, type Pass } from './layers';
import type { ParameterLayout } from '../parameters';
import { splitParameters } from './parameterViews';
import { structureOf, type NetworkStructure } from '../structure';
import { readArray, readScore, scoreTensors, toTensors, type ScoreTensors } from './tensorBatch';
import type {
  JudgedBatch,
  NetworkGradients,
  PathGates,
  Statistics,
  TrainableNetwork,
} from '../trainableNetwork';

function edgeRule(gates?: PathGates): EdgeRule {
  return (x, { cellIndex, edge }, pass) => {
    const y = runLayers(edge.candidates[0]!.layers, x, pass);
    const gate = gates?.[cellIndex]![edge.edge];
    return gate ? tf.mul<tf.Tensor4D>(y, tf.tensor4d(gate, [gate.length, 1, 1, 1])) : y;
  };
}

export class ReferenceNetwork implements TrainableNetwork {
  readonly layout: ParameterLayout;
  readonly size: number;
  readonly batchNorms: readonly number[];
  private readonly structure: NetworkStructure;

  constructor(readonly plan: NetworkPlan) {
    this.structure = structureOf(plan);
    ({ layout: this.layout, size: this.size, batchNorms: this.batchNorms } = this.structure);
  }

  async differentiate(
    batch: ArrayBatch,
    weights: Float32Array,
    gates?: PathGates,
  ): Promise<NetworkGradients> {
    const { score, gradient } = tf.tidy(() => {
      let predicted: tf.Tensor1D | undefined;
      const { value, grad } = tf.valueAndGrad((w) => {
        const pass = { weights: splitParameters(this.layout, w as tf.Tensor1D) };
        const scored = this.score(batch, pass, gates, true);
        predicted = tf.keep(scored.predicted);
        return scored.loss;
      })(tf.tensor1d(weights));
      return { score: { loss: value, predicted: predicted! }, gradient: grad };
    });
    const [read, ofWeights] = await Promise.all([readScore(score, batch), readArray(gradient)]);
    return { ...read, weights: ofWeights };
  }

  measure(batch: ArrayBatch, weights: Float32Array): Promise<Statistics> {
    const measured = tf.tidy(() => {
      const means: tf.Tensor1D[] = [];
      const variances: tf.Tensor1D[] = [];
      const statistics: Pass['statistics'] = (index, mean, variance) => {
        means[index] = mean;
        variances[index] = variance;
      };
      this.score(batch, { weights: splitParameters(this.layout, tf.tensor1d(weights)), statistics });
      const all = tf.concat([...means, ...variances]);
      tf.dispose([means, variances]);
      return all;
    });
    return readArray(measured);
  }

  async evaluate(batch: ArrayBatch, weights: Float32Array, statistics: Statistics): Promise<JudgedBatch> {
    const { logits, ...score } = tf.tidy(() => {
      const pieces = tf.split<tf.Tensor1D>(tf.tensor1d(statistics), [...this.batchNorms, ...this.batchNorms]);
      const moments = this.batchNorms.map(
        (_, i) => [pieces[i]!, pieces[this.batchNorms.length + i]!] as const,
      );
      const pass = { weights: splitParameters(this.layout, tf.tensor1d(weights)), given: moments };
      return this.score(batch, pass);
    });
    const [read, values] = await Promise.all([readScore(score, batch), readArray(logits)]);
    return { ...read, logits: values };
  }

  dispose(): void {
    // Nothing is kept between two calls.
  }

  private score(
    batch: ArrayBatch,
    pass: Pass,
    gates?: PathGates,
    trains = false,
  ): ScoreTensors & { readonly logits: tf.Tensor2D } {
    const { images, ...labelled } = toTensors(batch, this.plan.classes);
    const { auxiliary } = this.plan;
    let beside: tf.Tensor2D | undefined;
    const keep = (logits: tf.Tensor2D): void => void (beside = logits);
    const logits = runNetwork(this.structure, images, pass, edgeRule(gates), trains ? keep : undefined);
    const scored = scoreTensors(logits, labelled);
    if (!beside) return { ...scored, logits };
    const weighted = tf.mul<tf.Scalar>(scoreTensors(beside, labelled).loss, auxiliary!.weight);
    return { ...scored, loss: tf.add(scored.loss, weighted), logits };
  }
}
