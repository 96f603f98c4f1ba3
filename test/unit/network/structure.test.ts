import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { layoutOf, structureOf, type LayerStructure } from '../../../src/network/structure';
import { planBench201Network } from '../../../src/space/bench201/plan';
import { planFoundNetwork, planSupernet } from '../../../src/space/cell/plan';
import { dartsV2 } from '../../support/genotypes';
import { dartsSpace, smallSkeleton } from '../../support/supernets';

const cifar = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const skeleton = { ...cifar, cells: 8, channels: 16, stemMultiplier: 3 };
const bench201 = { ...cifar, channels: 16, cellsPerStage: 5 };

/** All layers of a structure, those of branches included. */
function inner(layers: readonly LayerStructure[]): LayerStructure[] {
  return layers.flatMap((layer) => [layer, ...(layer.branches ?? []).flatMap(inner)]);
}

describe('structure of a network', () => {
  const published = [
    ['the DARTS supernet (C 16, 8 cells)', planSupernet(dartsSpace, skeleton), 1_930_618],
    [
      'the PC-DARTS supernet (C 16, 8 cells, K 4)',
      planSupernet(dartsSpace, skeleton, { partialChannels: 4 }),
      299_578,
    ],
    ['DARTS_V2', planFoundNetwork(dartsV2, { ...skeleton, cells: 20, channels: 36 }), 3_349_342],
    // 73,306 + 28,000 for each 1×1 and 243,040 for each 3×3 convolution of the cell.
    [
      'a cell of NAS-Bench-201 without convolutions',
      planBench201Network(Array(6).fill('none'), bench201),
      73_306,
    ],
    [
      'a cell of NAS-Bench-201 with three',
      planBench201Network(
        ['conv_3x3', 'skip_connect', 'conv_1x1', 'avg_pool_3x3', 'none', 'conv_3x3'],
        bench201,
      ),
      73_306 + 28_000 + 2 * 243_040,
    ],
  ] as const;
  for (const [name, plan, parameters] of published) {
    it(`gives ${name} its published ${parameters} parameters, as the cost model does`, () => {
      assert.equal(layoutOf(plan).size, parameters);
      assert.equal(networkCost(plan).parameters, parameters);
    });
  }

  it('gives every layer its shapes, and every parameter and BN to exactly one layer', () => {
    const { stem, cells, head, classifier, layout, batchNorms } = structureOf(
      planSupernet(dartsSpace, smallSkeleton, { partialChannels: 2 }),
    );
    const layers = inner([
      ...stem,
      ...cells.flatMap((cell) => [
        ...cell.preprocess.flat(),
        ...cell.nodes
          .flat()
          .flatMap((edge) => [...edge.candidates.flatMap((candidate) => candidate.layers), ...edge.bypass!]),
      ]),
      ...head,
    ]);
    const places = layers.flatMap(({ weight, scale, shift }) => [weight, scale, shift]);
    const used = [...places, classifier.weight, classifier.bias].filter((index) => index !== undefined);
    assert.deepEqual(
      used.sort((a, b) => a - b),
      [...layout.parameters.keys()],
    );
    const norms = layers.filter((layer) => layer.batchNorm !== undefined);
    assert.deepEqual(
      norms.map((layer) => layer.batchNorm).sort((a, b) => a! - b!),
      [...batchNorms.keys()],
    );
    for (const { batchNorm, input } of norms) assert.equal(batchNorms[batchNorm!], input.channels);
    for (const { layer, weight, input, output } of layers) {
      if (layer.kind !== 'conv') continue;
      const { kernel } = layer;
      const { shape } = layout.parameters[weight!]!;
      assert.deepEqual(shape, [kernel, kernel, input.channels, output.channels]);
    }
  });

  it('numbers parameters from the stem to the classifier, and edges in the order of α', () => {
    const { cells, layout } = structureOf(planSupernet(dartsSpace, skeleton));
    const { parameters } = layout;
    assert.deepEqual(
      [...parameters.slice(0, 4), ...parameters.slice(-2)].map(({ name }) => name),
      [
        'stem.0.weight',
        'stem.1.scale',
        'stem.1.shift',
        'cells.0.preprocess.0.1.weight',
        'classifier.weight',
        'classifier.bias',
      ],
    );
    assert.ok(parameters.some(({ name }) => name === 'cells.7.node5.from4.sep_conv_3x3.1.weight'));
    assert.deepEqual(
      cells[0]!.nodes.flat().map(({ edge }) => edge),
      [...Array(14).keys()],
    );
  });
});
