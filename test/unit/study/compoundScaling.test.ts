/** Compound scaling against the published EfficientNets. */
import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { genotypeSchema } from '../../../src/space/genotype';
import { efficientNetB0, mobileNetV3Large } from '../../../src/space/mbconv/known';
import { planMbconv } from '../../../src/space/mbconv/plan';
import {
  coefficientGrid,
  compoundFactors,
  costFactor,
  efficientNetCoefficients,
  scaleFrame,
  searchCoefficients,
} from '../../../src/study/compoundScaling';
import { scaleGenotype } from '../../../src/space/mbconv/scaling';

const imageNet = { input: { height: 224, width: 224, channels: 3 }, classes: 1000 };

describe('compound scaling', () => {
  // Width and depth coefficients of the published networks.
  const published = [
    ['B1', 1, 1.1, 7_794_184],
    ['B2', 1.1, 1.2, 9_109_994],
    ['B3', 1.2, 1.4, 12_233_232],
    ['B4', 1.4, 1.8, 19_341_616],
    ['B5', 1.6, 2.2, 30_389_784],
    ['B6', 1.8, 2.6, 43_040_704],
    ['B7', 2, 3.1, 66_347_960],
  ] as const;
  for (const [name, width, depth, parameters] of published) {
    it(`of B0 by width ${width} and depth ${depth} gives EfficientNet-${name} with its ${parameters} parameters`, () => {
      const genotype = scaleGenotype(efficientNetB0, { width, depth });
      assert.deepEqual(genotypeSchema.parse(genotype), genotype);
      assert.equal(networkCost(planMbconv(genotype, imageNet)).parameters, parameters);
    });
  }

  it('leaves a network as it is at φ = 0', () => {
    for (const genotype of [efficientNetB0, mobileNetV3Large]) {
      const { resolution, ...factors } = compoundFactors(efficientNetCoefficients, 0);
      assert.deepEqual(scaleGenotype(genotype, factors), genotype);
      assert.deepEqual(scaleFrame(imageNet, resolution), imageNet);
    }
  });

  it('multiplies by α·β²·γ² where nothing is rounded: depth 2, width 2, resolution 2', () => {
    const cost = (factors: { depth: number; width: number; resolution: number }): number =>
      networkCost(
        planMbconv(scaleGenotype(efficientNetB0, factors), scaleFrame(imageNet, factors.resolution)),
      ).flops;
    const base = cost({ depth: 1, width: 1, resolution: 1 });
    const near = (ratio: number, expected: number): void =>
      assert.ok(Math.abs(ratio / expected - 1) < 0.15, `${ratio} instead of ${expected}`);
    near(cost({ depth: 1, width: 1, resolution: 2 }) / base, 4);
    near(cost({ depth: 1, width: 2, resolution: 1 }) / base, 4);
    // Stem, head and the first block of a stage are not repeated alike.
    assert.ok(cost({ depth: 2, width: 1, resolution: 1 }) / base > 1.6);
  });

  it('searches a grid that holds the published coefficients, all with α·β²·γ² near 2', () => {
    const grid = coefficientGrid();
    assert.ok(grid.some((each) => JSON.stringify(each) === JSON.stringify(efficientNetCoefficients)));
    for (const each of grid) {
      assert.ok(Math.abs(costFactor(each) - 2) <= 0.1 + 1e-9);
      assert.ok(Math.min(each.alpha, each.beta, each.gamma) >= 1);
    }
    // Nothing of the cube [1, 2.1]³ is left out.
    let count = 0;
    for (let a = 100; a <= 210; a += 5) {
      for (let b = 100; b <= 210; b += 5) {
        for (let c = 100; c <= 210; c += 5) {
          if (Math.abs((a * b * b * c * c) / 1e10 - 2) <= 0.1 + 1e-9) count++;
        }
      }
    }
    assert.equal(grid.length, count);
  });

  it('finds the coefficients whose network scores best, and scores no network twice', async () => {
    const seen = new Set<string>();
    const best = await searchCoefficients(efficientNetB0, imageNet, ({ genotype, frame }) => {
      const key = JSON.stringify([genotype, frame]);
      assert.ok(!seen.has(key));
      seen.add(key);
      return frame.input.height;
    });
    const highest = Math.max(...coefficientGrid().map(({ gamma }) => gamma));
    assert.equal(best.coefficients.gamma, highest);
    assert.equal(best.score, Math.round(224 * highest));
    await assert.rejects(
      searchCoefficients(efficientNetB0, imageNet, () => 0, []),
      RangeError,
    );
  });
});
