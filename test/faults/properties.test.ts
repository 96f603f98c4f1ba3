/**
 * Properties of random architectures of every space: drawn, changed and combined they stay in their space, and are written and read back
 * as they were; what a network costs is what is built. `NAS_FAULTS=10000` draws so many of each space, a tenth of them to be built.
 */
import assert from 'node:assert/strict';
import { networkCost } from '../../src/cost/network';
import { spaceOf } from '../../src/job/plan';
import { configSchema, type ConfigInput } from '../../src/config/schema';
import { structureOf } from '../../src/network/structure';
import { Random } from '../../src/random';
import { genotypeSchema, type Genotype } from '../../src/space/genotype';
import { operationNames } from '../../src/space/operations';
import { planNetwork } from '../../src/space/network';
import type { SearchSpace } from '../../src/space/searchSpace';

const count = Number(process.env['NAS_FAULTS'] ?? 100);

const spaces: Readonly<Record<string, ConfigInput['space']>> = {
  cells: { type: 'cell', operations: [...operationNames], nodes: 4, cells: 5, channels: 4 },
  'NAS-Bench-201': { type: 'nasbench201', cellsPerStage: 1, channels: 4 },
  'sequential chains': { type: 'chain', connections: ['sequential'] },
  'chains with skips': { type: 'chain', connections: ['skip'] },
  'dense chains': { type: 'chain', connections: ['dense'] },
  'inverted residual blocks': { type: 'mbconv', base: 'small' },
  'blocks of EfficientNet': { type: 'mbconv', base: 'efficientnet-b0' },
};
const frame = { input: { height: 16, width: 16, channels: 3 }, classes: 10 };

/** That an architecture is one of its space, and comes back from each of its forms. */
function assertIn(space: SearchSpace, genotype: Genotype, how: string): void {
  const text = space.encode(genotype);
  assert.deepEqual(space.decode(text), genotype, `${how}: ${text}`);
  assert.deepEqual(space.fromChoices(space.toChoices(genotype)), genotype, `${how}: ${text}`);
  assert.deepEqual(genotypeSchema.parse(JSON.parse(JSON.stringify(genotype))), genotype, `${how}: ${text}`);
}

describe('architectures', () => {
  for (const [title, section] of Object.entries(spaces)) {
    it(`of ${title} stay in their space, drawn, changed and combined, ${count} of each`, () => {
      const space = spaceOf(configSchema.parse({ space: section }));
      const random = Random.fromSeed(9, title);
      const numbers = space.features(space.sample(random)).length;
      let previous = space.sample(random);
      let impossible = 0;
      for (let i = 0; i < count; i++) {
        const genotype = space.sample(random);
        assertIn(space, genotype, 'drawn');
        assert.equal(space.features(genotype).length, numbers);
        for (const mutation of space.mutations) {
          const mutant = mutation.apply(genotype, random);
          if (!mutant) {
            impossible++;
            continue;
          }
          assertIn(space, mutant, mutation.name);
          assert.notEqual(space.encode(mutant), space.encode(genotype), mutation.name);
        }
        assertIn(space, space.crossover(genotype, previous, random), 'combined');
        previous = genotype;
      }
      assert.ok(impossible < count * space.mutations.length);
    });

    const built = Math.ceil(count / 10);
    it(`of ${title} cost what is built, ${built} of them`, () => {
      const space = spaceOf(configSchema.parse({ space: section }));
      const random = Random.fromSeed(10, title);
      for (let i = 0; i < built; i++) {
        const genotype = space.sample(random);
        const plan = planNetwork(genotype, space.proxyNetwork(frame));
        const { size } = structureOf(plan);
        assert.equal(networkCost(plan).parameters, size, space.encode(genotype));
        assert.deepEqual(plan, space.proxy(genotype, frame));
      }
    });
  }
});
