import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { completeChoices, smallestFound, wishesOf } from '../../../src/cost/smallest';
import { Random } from '../../../src/random';
import { bench201Operations } from '../../../src/space/bench201/plan';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { Bench201SearchSpace } from '../../../src/space/bench201/space';
import { CellSearchSpace } from '../../../src/space/cell/space';
import { dartsSpace } from '../../support/supernets';

const frame = { input: { height: 32, width: 32, channels: 3 }, classes: 10 };
const random = (): Random => Random.fromSeed(3, 'smallest');

describe('the smallest that a cost gets', () => {
  const space: SearchSpace = new Bench201SearchSpace({
    operations: bench201Operations,
    cellsPerStage: 5,
    channels: 16,
  });

  it('is the closed form’s constant in NAS-Bench-201: a cell without a convolution', () => {
    const parameters = smallestFound(space, (g) => networkCost(space.proxy(g, frame)).parameters, random());
    assert.equal(parameters.value, 73_306);
    const flops = smallestFound(space, (g) => networkCost(space.proxy(g, frame)).flops, random());
    // The benchmark counts the ten biases of the classifier, too.
    assert.equal(flops.value, 7_783_050 - 10);
  });

  it('is found among decisions that depend on each other: no weights at all with one input kept', () => {
    const cells: SearchSpace = new CellSearchSpace({
      ...dartsSpace,
      nodes: 2,
      cells: 3,
      channels: 4,
      stemMultiplier: 1,
    });
    const { value, genotype } = smallestFound(
      cells,
      (g) => networkCost(cells.proxy(g, frame)).parameters,
      random(),
    );
    // A skip connection halves the size with two convolutions; pools have no weights.
    const plan = cells.proxy(genotype, frame);
    const weights = plan.cells.flatMap(({ nodes }) => nodes.flat().flatMap(({ candidates }) => candidates));
    assert.ok(weights.every(({ layers }) => layers.every(({ kind }) => /Pool|identity/.test(kind))));
    assert.equal(value, networkCost(plan).parameters);
  });

  it('is not looked for beyond what is enough', () => {
    let asked = 0;
    const found = smallestFound(space, () => ++asked, random(), 1);
    assert.deepEqual([found.value, asked], [1, 1]);
  });

  it('goes on after a change as the architecture was', () => {
    const genotype = space.sample(random());
    const choices = space.toChoices(genotype);
    const changed = completeChoices(space, [choices[0]!, (choices[1]! + 1) % 5], wishesOf(space, choices));
    assert.deepEqual(changed, [choices[0], (choices[1]! + 1) % 5, ...choices.slice(2)]);
  });
});
