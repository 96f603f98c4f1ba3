/** Published networks of inverted residual blocks. */
import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { layoutOf } from '../../../src/network/structure';
import { genotypeSchema } from '../../../src/space/genotype';
import { efficientNetB0, mobileNetV3Large } from '../../../src/space/mbconv/known';
import { planMbconv } from '../../../src/space/mbconv/plan';

const imageNet = { input: { height: 224, width: 224, channels: 3 }, classes: 1000 };

describe('published MBConv networks', () => {
  const published = [
    // Millions of multiply–accumulates as printed in the papers: 390 and 219.
    ['EfficientNet-B0', efficientNetB0, 5_288_548, 390],
    ['MobileNetV3-Large', mobileNetV3Large, 5_483_032, 219],
  ] as const;

  for (const [name, genotype, parameters, millions] of published) {
    it(`${name} has its ${parameters} parameters`, () => {
      const plan = planMbconv(genotype, imageNet);
      assert.equal(networkCost(plan).parameters, parameters);
      assert.equal(layoutOf(plan).size, parameters);
    });

    it(`${name} takes about ${millions} M multiply–accumulates`, () => {
      const flops = networkCost(planMbconv(genotype, imageNet)).flops / 1e6;
      assert.ok(Math.abs(flops / millions - 1) < 0.02, `${flops} M`);
    });

    it(`${name} is a valid genotype and ends at 7 × 7`, () => {
      assert.deepEqual(genotypeSchema.parse(genotype), genotype);
      const { features } = planMbconv(genotype, imageNet);
      assert.deepEqual([features.height, features.width], [7, 7]);
    });
  }

  it('add the input of a block whose shape stays, and of no other', () => {
    const residual = planMbconv(mobileNetV3Large, imageNet).cells.map(
      ({ nodes }) => nodes[0]![0]!.candidates.length === 2,
    );
    assert.deepEqual(
      residual.map((each) => (each ? 'r' : '-')).join(''),
      'r' + '-r' + '-rr' + '-rrr' + '-r' + '-rr',
    );
  });
});
