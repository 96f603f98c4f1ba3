/**
 * A network of cells from its plan. Supernet and found network differ only in how an edge turns its candidates'
 * outputs into one value, which the caller decides.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { CellKind } from '../space/genotype';
import type { CellPlan, EdgePlan, NetworkPlan } from '../space/cell/plan';
import { buildClassifier, buildLayers, type Forward, type NetworkBuilder, type Pass } from './layers';
import { ParameterLayout } from './parameters';

/** One edge of one cell as it is being computed. */
export interface EdgeSite {
  readonly kind: CellKind;
  /** Row of α: position among the edges of the cell, all nodes in order. */
  readonly edge: number;
  readonly plan: EdgePlan;
  readonly candidates: readonly Forward[];
}

/** Output of an edge for its input [b, h, w, c]. */
export type EdgeRule = (x: tf.Tensor4D, site: EdgeSite, pass: Pass) => tf.Tensor4D;

export interface CellNetwork {
  readonly plan: NetworkPlan;
  readonly layout: ParameterLayout;
  /** Channels of every BN, in the order of their indices. */
  readonly batchNorms: readonly number[];
  /** Logits [b, classes] of images [b, h, w, c]. */
  forward(images: tf.Tensor4D, pass: Pass, rule: EdgeRule): tf.Tensor2D;
}

type CellForward = (older: tf.Tensor4D, newer: tf.Tensor4D, pass: Pass, rule: EdgeRule) => tf.Tensor4D;

function buildCell(plan: CellPlan, name: string, builder: NetworkBuilder): CellForward {
  const preprocess = plan.preprocess.map((layers, i) =>
    buildLayers(layers, plan.inputs[i]!, `${name}.preprocess.${i}`, builder),
  );
  const inside = { ...plan.output, channels: plan.channels };
  let edgeCount = 0;
  const nodes = plan.nodes.map((edges, node) =>
    edges.map((edge): EdgeSite => {
      const input = edge.from < 2 ? plan.entry : inside;
      const candidates = edge.candidates.map(({ operation, layers }) =>
        buildLayers(layers, input, `${name}.node${node + 2}.from${edge.from}.${operation}`, builder),
      );
      return { kind: plan.kind, edge: edgeCount++, plan: edge, candidates };
    }),
  );
  return (older, newer, pass, rule) => {
    const states = [preprocess[0]!(older, pass), preprocess[1]!(newer, pass)];
    for (const edges of nodes) {
      const outputs = edges.map((site) => rule(states[site.plan.from]!, site, pass));
      states.push(outputs.length === 1 ? outputs[0]! : tf.addN(outputs));
    }
    return tf.concat4d(
      plan.concat.map((index) => states[index]!),
      3,
    );
  };
}

/** Builds the network's functions and the layout of its weights; no tensor is made yet. */
export function buildCellNetwork(plan: NetworkPlan): CellNetwork {
  const layout = new ParameterLayout();
  const builder: NetworkBuilder = { layout, batchNorms: [] };
  const stem = buildLayers(plan.stem, plan.skeleton.input, 'stem', builder);
  const cells = plan.cells.map((cell, i) => buildCell(cell, `cells.${i}`, builder));
  const classify = buildClassifier(plan.features.channels, plan.skeleton.classes, builder);
  return {
    plan,
    layout,
    batchNorms: builder.batchNorms,
    forward: (images, pass, rule) => {
      let older = stem(images, pass);
      let newer = older;
      for (const cell of cells) [older, newer] = [newer, cell(older, newer, pass, rule)];
      return classify(newer, pass);
    },
  };
}
