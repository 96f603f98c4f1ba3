import assert from 'node:assert/strict';
import { languages } from '../../../src/generate';
import { describeNetwork } from '../../../src/generate/describe';
import { factorizedReduceBlock, reluConvBnBlock } from '../../../src/generate/blocks';
import { describeOperations } from '../../../src/generate/operations';
import { cellSurroundings } from '../../../src/generate/surroundings';
import { parametersOf } from '../../../src/generate/symbolic';
import { factorizedReduce, type Layer } from '../../../src/space/layers';
import type { Operation } from '../../../src/space/operations';
import { compilerMessages } from './compileTypescript';
import { genotypeFile } from './files';
import {
  cellsOf,
  everyOperation,
  look,
  olderInputOnly,
  unusualOperations,
  withOperations,
} from './genotypes';

const conv = (kernel: number, stride: 1 | 2, filters: number): Layer => ({
  kind: 'conv',
  kernel,
  stride,
  filters,
});
const bn: Layer = { kind: 'batchNorm', affine: true };

describe('operations for code generation', () => {
  it('share a block where they differ in the kernel alone', () => {
    const cases = describeOperations(
      ['sep_conv_3x3', 'sep_conv_5x5', 'dil_conv_3x3'],
      cellSurroundings([16, 32]),
    );
    const bodies = cases.map(({ variants }) => variants[0]!.body);
    const [three, five, dilated] = bodies.map((body) => (body.kind === 'block' ? body : assert.fail()));
    assert.equal(three!.block, five!.block);
    assert.deepEqual([three!.kernel, five!.kernel, dilated!.kernel], [3, 5, 3]);
    assert.equal(three!.block.name, 'sep_conv');
    assert.equal(three!.block.summary, 'ReLU, depthwise convolution, 1×1 convolution, BN; all of it twice.');
    assert.deepEqual(parametersOf(three!.block.layers, true), ['channels', 'kernel', 'stride']);
    assert.notEqual(dilated!.block, three!.block);
  });

  it('see the factorized reduction in a skip of stride 2, and an identity in one of stride 1', () => {
    const [skip] = describeOperations(['skip_connect'], cellSurroundings([16]));
    const [one, two] = skip!.variants;
    assert.deepEqual(one, { stride: 1, body: { kind: 'layer', layer: { kind: 'identity' } } });
    assert.deepEqual(two, { stride: 2, body: { kind: 'block', block: factorizedReduceBlock } });
  });

  it('tell input from output channels in the blocks of a cell’s inputs', () => {
    for (const block of [reluConvBnBlock, factorizedReduceBlock]) {
      assert.deepEqual(parametersOf(block.layers, true), ['inChannels', 'channels']);
      assert.deepEqual(parametersOf(block.layers, false), ['channels']);
    }
    const [, parallel, norm] = factorizedReduceBlock.layers;
    assert.deepEqual(norm, {
      kind: 'batchNorm',
      channels: { kind: 'parameter', of: 'channels' },
      affine: true,
    });
    assert.ok(parallel?.kind === 'parallel');
    const filters = parallel.branches
      .map((branch) => branch.at(-1)!)
      .map((last) => last.kind === 'conv' && last.filters);
    assert.deepEqual(filters, [
      { kind: 'quotient', of: 'channels', divisor: 2 },
      { kind: 'rest', of: 'channels', divisor: 2 },
    ]);
  });

  it('find formulas in numbers that follow the channels, and tabulate others', () => {
    const bottleneck: Operation = {
      name: 'bottleneck',
      description: '',
      look,
      layers: ({ channels, stride }) => [
        conv(1, 1, Math.floor(channels / 4)),
        bn,
        conv(3, stride, 3 * channels),
        conv(1, 1, Math.max(5, Math.ceil(Math.sqrt(channels)))),
        conv(1, 1, channels),
      ],
    };
    withOperations([bottleneck], () => {
      const [{ variants }] = describeOperations(['bottleneck'], cellSurroundings([16, 32])) as [
        ReturnType<typeof describeOperations>[number],
      ];
      const { body } = variants[0]!;
      assert.ok(body.kind === 'block');
      const filters = body.block.layers.flatMap((layer) => (layer.kind === 'conv' ? [layer.filters] : []));
      assert.deepEqual(filters[0], { kind: 'quotient', of: 'channels', divisor: 4 });
      assert.deepEqual(filters[1], { kind: 'multiple', of: 'channels', factor: 3 });
      assert.ok(filters[2]?.kind === 'table' && filters[2].entries.get(32) === 6);
      assert.deepEqual(filters[3], { kind: 'parameter', of: 'channels' });
    });
  });

  it('of all layer kinds become code of every language with no change there', () => {
    const unscaled: Operation = {
      name: 'unscaled',
      description: '',
      look,
      layers: ({ channels, stride }) => [conv(1, stride, channels), { kind: 'batchNorm', affine: false }],
    };
    withOperations([...unusualOperations, unscaled], () => {
      const file = genotypeFile(cellsOf('conv_9x9', 'conv_7x7', 'branches', 'none', 'unscaled'));
      const texts = new Map(languages.map((language) => [language.id, language.generate(file)]));
      assert.deepEqual(compilerMessages(new Map([['added.ts', texts.get('typescript')!]])), []);
      assert.match(texts.get('pytorch')!, /class Conv9x9Stride2\(nn\.Sequential\)/);
      assert.match(texts.get('pytorch')!, /nn\.BatchNorm2d\(channels, affine=False\)/);
      assert.match(texts.get('pytorch')!, /return conv\(channels, channels, 7, stride\)/);
      assert.match(texts.get('pytorch')!, /return Zero\(stride\)/);
      assert.match(
        texts.get('keras')!,
        /def branches\(x: Tensor, channels: int, stride: int, \*, name: str\) -> Tensor:/,
      );
      assert.match(texts.get('keras')!, /return batch_norm\(x, affine=False, name=f"\{name\}\.1"\)/);
      assert.match(texts.get('keras')!, /layers\.ZeroPadding2D\(kernel \/\/ 2\)/);
    });
  });

  it('are refused where they pool over another window than 3×3', () => {
    const halve: Operation = {
      name: 'halve',
      description: '',
      look,
      layers: () => [{ kind: 'avgPool', kernel: 2, stride: 2 }],
    };
    withOperations([halve], () =>
      assert.throws(() => describeOperations(['halve'], cellSurroundings([16])), /3×3 pools only/),
    );
  });

  it('are refused where their structure depends on the channels', () => {
    const odd: Operation = {
      name: 'odd',
      description: '',
      look,
      layers: ({ channels }) => (channels > 20 ? [bn] : factorizedReduce(channels, true)),
    };
    withOperations([odd], () =>
      assert.throws(
        () => describeOperations(['odd'], cellSurroundings([16, 32])),
        /"odd" depend on the channels/,
      ),
    );
  });
});

describe('described networks', () => {
  it('count only what reaches the output of a functional model', () => {
    const all = describeNetwork(genotypeFile(everyOperation));
    assert.equal(all.reachableCost.parameters, all.cost.parameters);
    const some = describeNetwork(genotypeFile(olderInputOnly));
    assert.ok(some.reachableCost.parameters < some.cost.parameters);
    assert.ok(some.space === 'cell' && some.hasLoneEdge && some.hasLoneNode);
    assert.ok(all.space === 'cell' && !all.hasLoneEdge && !all.hasLoneNode);
  });
});
