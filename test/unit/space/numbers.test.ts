/** Published numbers of the search spaces. */
import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { Random } from '../../../src/random';
import { bench201Operations, planBench201Network } from '../../../src/space/bench201/plan';
import { canonicalBench201 } from '../../../src/space/bench201/forms';
import { Bench201SearchSpace } from '../../../src/space/bench201/space';
import { CellSearchSpace } from '../../../src/space/cell/space';
import { plainCellCount } from '../../../src/space/cell/alpha';
import { reductionLayers } from '../../../src/space/chain/space';
import { efficientNetB0, mobileNetV3Large } from '../../../src/space/mbconv/known';
import { dartsOperations } from '../../../src/space/operations';
import { chainEntry } from '../../../src/space/chain/entry';
import { mbconvEntry } from '../../../src/space/mbconv/entry';

/** All 15,625 cells of NAS-Bench-201. */
function* allCells(): Generator<string[]> {
  for (let index = 0; index < 5 ** 6; index++) {
    let rest = index;
    yield Array.from({ length: 6 }, () => {
      const operation = bench201Operations[rest % 5]!;
      rest = Math.floor(rest / 5);
      return operation;
    });
  }
}

describe('sizes of cell spaces', () => {
  it('by the estimate K^(N(N−1)/2): 262,144 for 4 nodes and 8 operations, 6.9·10^10 for two cells', () => {
    assert.equal(plainCellCount(4, 8), 262_144n);
    assert.equal((Number(plainCellCount(4, 8)) ** 2 / 1e10).toFixed(1), '6.9');
  });

  it('NAS-Bench-201 is a plain cell, so that the estimate is exact: 15,625', () => {
    const space = new Bench201SearchSpace({ operations: bench201Operations, cellsPerStage: 5, channels: 16 });
    assert.equal(space.size, 15_625n);
    assert.equal(plainCellCount(4, 5), space.size);
  });

  it('the true number of pairs of DARTS cells is another: Π (k+1)k/2 · 7² for each cell', () => {
    const options = { operations: dartsOperations, nodes: 4, inputsPerNode: 2 };
    const space = new CellSearchSpace({ ...options, cells: 8, channels: 16, stemMultiplier: 3 });
    assert.equal(space.size, (1n * 3n * 6n * 10n * 49n ** 4n) ** 2n);
    assert.ok(space.size > 10n ** 17n && plainCellCount(4, 8) ** 2n < 10n ** 11n);
  });
});

describe('cells of NAS-Bench-201', () => {
  it('fall into 6,466 classes of isomorphic cells', () => {
    const classes = new Set([...allCells()].map(canonicalBench201));
    assert.equal(classes.size, 6466);
  });

  it('have the FLOPs and parameters of the closed form, all 15,625 of them', () => {
    const skeleton = {
      channels: 16,
      cellsPerStage: 5,
      input: { height: 32, width: 32, channels: 3 },
      classes: 10,
    };
    let seen = 0;
    for (const cell of allCells()) {
      const count = (name: string): number => cell.filter((each) => each === name).length;
      const [pointwise, dense] = [count('conv_1x1'), count('conv_3x3')];
      const { flops, parameters } = networkCost(planBench201Network(cell, skeleton));
      // The benchmark counts the ten additions of the classifier's bias, too.
      assert.equal(flops + 10, 7_783_050 + 3_932_160 * pointwise + 35_389_440 * dense);
      assert.equal(parameters, 73_306 + 28_000 * pointwise + 243_040 * dense);
      seen++;
    }
    assert.equal(seen, 15_625);
  });
});

describe('the space of chains', () => {
  const create = (options: object) =>
    chainEntry.create(chainEntry.options.parse({ type: 'chain', ...options }));

  it('has 3 · (16^10 + 16^20 + 16^50) architectures with its defaults, about 5·10^60', () => {
    const { size } = create({});
    assert.equal(size, 3n * (16n ** 10n + 16n ** 20n + 16n ** 50n));
    assert.equal(size.toString().length - 1, 60);
  });

  it('spaces its reductions evenly', () => {
    assert.deepEqual([...reductionLayers(10, 2)], [3, 7]);
    assert.deepEqual([...reductionLayers(20, 2)], [7, 13]);
    assert.deepEqual([...reductionLayers(50, 4)], [10, 20, 30, 40]);
    for (let reductions = 0; reductions <= 5; reductions++) {
      for (let layers = reductions + 1; layers <= 60; layers++) {
        const places = [...reductionLayers(layers, reductions)];
        assert.equal(places.length, reductions);
        assert.ok(places.every((place) => place >= 0 && place < layers));
      }
    }
  });

  it('refuses as many reductions as layers', () => {
    assert.throws(() => create({ layers: [2, 8], reductions: 2 }), /fewer reductions than layers/);
  });

  it('takes identities of a sequence for nothing, and those of other chains not', () => {
    const space = create({ layers: [1, 2, 3], reductions: 0 });
    const canonical = (text: string): string => space.canonical(space.decode(text));
    const plain = canonical('sequential: conv_3x3 16; conv_5x5 32');
    assert.equal(canonical('sequential: conv_3x3 16; skip_connect 16; conv_5x5 32'), plain);
    assert.equal(canonical('sequential: skip_connect 16; conv_3x3 16; conv_5x5 32'), plain);
    assert.notEqual(canonical('sequential: conv_3x3 16; skip_connect 32; conv_5x5 32'), plain);
    assert.notEqual(canonical('skip: conv_3x3 16; skip_connect 16; conv_5x5 32'), plain);
    assert.equal(canonical('dense: conv_3x3 16'), canonical('sequential: conv_3x3 16'));
  });
});

describe('published networks in the MBConv space', () => {
  const create = (options: object) =>
    mbconvEntry.create(mbconvEntry.options.parse({ type: 'mbconv', ...options }));

  for (const [base, genotype] of [
    ['efficientnet-b0', efficientNetB0],
    ['mobilenet-v3-large', mobileNetV3Large],
  ] as const) {
    it(`${base} is one of its base's architectures`, () => {
      const space = create({ base });
      assert.deepEqual(space.fromChoices(space.toChoices(genotype)), genotype);
      assert.deepEqual(space.decode(space.encode(genotype)), genotype);
    });

    it(`${base} is none of a space without its choices`, () => {
      assert.throws(() => create({ base, kernels: [7] }).toChoices(genotype), RangeError);
      assert.throws(() => create({ base, widths: [0.5] }).toChoices(genotype), RangeError);
      assert.throws(() => create({}).toChoices(genotype), RangeError);
    });
  }

  it('a larger width makes a larger network of the same blocks', () => {
    const space = create({ widths: [0.5, 1, 2] });
    const choices = space.toChoices(space.sample(Random.fromSeed(4)));
    const frame = { input: { height: 28, width: 28, channels: 1 }, classes: 10 };
    const sizes = [0, 1, 2].map((width) => {
      const genotype = space.fromChoices([width, ...choices.slice(1)]);
      return networkCost(space.proxy(genotype, frame)).parameters;
    });
    assert.deepEqual(
      [...sizes].sort((a, b) => a - b),
      sizes,
    );
    assert.ok(sizes[2]! > 2.5 * sizes[1]!);
  });
});
