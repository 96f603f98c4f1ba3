/** What every search space promises: sizes, uniform draws, inverse pairs, mutations and crossover that stay inside. */
import assert from 'node:assert/strict';
import { networkCost } from '../../../src/cost/network';
import { Random } from '../../../src/random';
import type { GenotypeEdge } from '../../../src/space/cell/genotype';
import { cellKinds, type CellKind } from '../../../src/space/frame';
import { genotypeSchema, type Genotype } from '../../../src/space/genotype';
import { planNetwork } from '../../../src/space/network';
import type { SearchSpace } from '../../../src/space/searchSpace';
import { spaces } from '../../../src/space/registry';

type SpaceName = (typeof spaces)[number]['name'];

function create(name: SpaceName, options: Record<string, unknown>): SearchSpace {
  const entry = spaces.find((each) => each.name === name)!;
  const parsed: unknown = entry.options.parse({ type: name, ...options });
  return (entry.create as (options: unknown) => SearchSpace)(parsed);
}

interface Small {
  readonly title: string;
  readonly space: SearchSpace;
  /** Counted by hand. */
  readonly size: number;
}

const smalls: readonly Small[] = [
  {
    title: 'cell',
    space: create('cell', {
      operations: ['none', 'skip_connect', 'max_pool_3x3'],
      nodes: 2,
      inputsPerNode: 1,
    }),
    // Each node one of 2 or 3 inputs and one of 2 operations; two cells.
    size: (2 * 2 * (3 * 2)) ** 2,
  },
  {
    title: 'cell of one or two nodes',
    space: create('cell', {
      operations: ['skip_connect', 'max_pool_3x3'],
      nodes: 2,
      minNodes: 1,
      inputsPerNode: 1,
    }),
    size: (2 * 2 + 2 * 2 * (3 * 2)) ** 2,
  },
  {
    title: 'nasbench201',
    space: create('nasbench201', { operations: ['none', 'conv_1x1'] }),
    size: 2 ** 6,
  },
  {
    title: 'chain',
    space: create('chain', {
      operations: ['conv_3x3', 'skip_connect'],
      channels: [4, 8],
      layers: [3, 1, 2],
      reductions: 0,
      connections: ['skip', 'dense'],
    }),
    size: 2 * (4 + 4 ** 2 + 4 ** 3),
  },
  {
    title: 'mbconv',
    space: create('mbconv', {
      stages: [
        { channels: 8, depths: [2, 1] },
        { channels: 16, stride: 2, depths: [1, 3] },
      ],
      kernels: [3, 5],
      expansions: [2],
      squeezeExcite: [false],
      head: { channels: 16, activation: 'relu', hidden: 0 },
      // 1.1 rounds to the same channels as 1.
      widths: [1, 1.1, 2],
    }),
    size: 2 * (2 + 2 ** 2) * (2 + 2 ** 3),
  },
  {
    title: 'mbconv with expansions that coincide',
    space: create('mbconv', {
      // 2 and 2.2 times 8 are both 16 after rounding; of 32, 64 and 72.
      stages: [
        { channels: 8, depths: [1], expansions: [1] },
        { channels: 32, depths: [1, 2], expansions: [2, 2.2] },
      ],
      stem: { channels: 8, stride: 1, activation: 'relu' },
      kernels: [3],
      squeezeExcite: [false, true],
    }),
    size: 2 * (2 + 2 * 4),
  },
];

/** Probability of an event this rare by chance alone is below 1 in 10,000 (Wilson–Hilferty, z = 3.72). */
function chiSquareLimit(degrees: number): number {
  const share = 2 / (9 * degrees);
  return degrees * (1 - share + 3.72 * Math.sqrt(share)) ** 3;
}

for (const { title, space, size } of smalls) {
  describe(`space ${title}`, () => {
    it(`has ${size} architectures`, () => assert.equal(space.size, BigInt(size)));

    it('draws each of them equally often', () => {
      const random = Random.fromSeed(11, title);
      const expected = 30;
      const counts = new Map<string, number>();
      for (let i = 0; i < expected * size; i++) {
        const text = space.encode(space.sample(random));
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      assert.equal(counts.size, size, 'every one is drawn');
      const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      assert.ok(chiSquare < chiSquareLimit(size - 1), `χ² = ${chiSquare}`);
      assert.ok(chiSquare > 0.5 * (size - 1), 'random draws, not a cycle');
    });

    it('finds every architecture by its decisions, each once', () => {
      const found = new Set<string>();
      const visit = (choices: readonly number[]): void => {
        const decision = space.decide(choices);
        if (decision) return decision.options.forEach((_, option) => visit([...choices, option]));
        const genotype = space.fromChoices(choices);
        assert.deepEqual(space.toChoices(genotype), choices);
        found.add(space.encode(genotype));
      };
      visit([]);
      assert.equal(found.size, size);
    });

    it('refuses choices that are incomplete, too many or no options', () => {
      const choices = space.toChoices(space.sample(Random.fromSeed(1)));
      assert.throws(() => space.fromChoices(choices.slice(0, -1)), RangeError);
      assert.throws(() => space.fromChoices([...choices, 0]), RangeError);
      assert.throws(() => space.fromChoices([99, ...choices.slice(1)]), RangeError);
    });
  });
}

/** Spaces of the size of a search. */
const large: readonly { readonly title: string; readonly space: SearchSpace }[] = [
  { title: 'cell', space: create('cell', {}) },
  { title: 'cell of 2 to 5 nodes', space: create('cell', { nodes: 5, minNodes: 2, inputsPerNode: 3 }) },
  { title: 'nasbench201', space: create('nasbench201', {}) },
  { title: 'chain', space: create('chain', { layers: [3, 5, 8] }) },
  { title: 'mbconv small', space: create('mbconv', { widths: [0.5, 1, 1.5] }) },
  { title: 'mbconv efficientnet-b0', space: create('mbconv', { base: 'efficientnet-b0' }) },
  {
    title: 'mbconv mobilenet-v3-large',
    space: create('mbconv', { base: 'mobilenet-v3-large', widths: [0.75, 1] }),
  },
];

const frame = { input: { height: 28, width: 28, channels: 1 }, classes: 10 };

/** By decisions that are uniform one by one, so that small networks, of which there are few, are among them. */
function drawByDecisions(space: SearchSpace, random: Random): Genotype {
  const choices: number[] = [];
  for (let next = space.decide(choices); next; next = space.decide(choices)) {
    choices.push(random.integer(next.options.length));
  }
  return space.fromChoices(choices);
}

for (const { title, space } of large) {
  describe(`architectures of ${title}`, () => {
    const random = Random.fromSeed(5, title);
    const drawn = Array.from({ length: 40 }, (_, i) =>
      i % 4 === 0 ? space.sample(random) : drawByDecisions(space, random),
    );
    const different = new Set(drawn.map((genotype) => space.encode(genotype))).size;
    const inside = (genotype: Genotype): void => {
      assert.deepEqual(space.fromChoices(space.toChoices(genotype)), genotype);
    };

    it('are valid and come back from their text and choices', () => {
      for (const genotype of drawn) {
        assert.deepEqual(genotypeSchema.parse(genotype), genotype);
        assert.deepEqual(space.decode(space.encode(genotype)), genotype);
        inside(genotype);
      }
      assert.ok(different > 35);
    });

    it('are the same for the same seed', () => {
      assert.deepEqual(space.sample(Random.fromSeed(9)), space.sample(Random.fromSeed(9)));
    });

    it('have features of one length, different where the architectures are', () => {
      const features = drawn.map((genotype) => space.features(genotype));
      assert.equal(new Set(features.map(({ length }) => length)).size, 1);
      assert.equal(new Set(features.map((each) => each.join())).size, different);
      assert.ok(features.flat().every(Number.isFinite));
    });

    it('have plans whose costs are known', () => {
      for (const genotype of drawn.slice(0, 5)) {
        const { parameters, flops } = networkCost(space.proxy(genotype, frame));
        assert.ok(parameters > 0 && flops > 0);
        // What stands beside the weights of a trial is that network.
        assert.deepEqual(planNetwork(genotype, space.proxyNetwork(frame)), space.proxy(genotype, frame));
      }
    });

    it('refuse text of another kind', () => {
      for (const text of [
        '',
        'x',
        'sequential: conv_9x9 16',
        '1: 3x16',
        'dense: conv_3x3 17; conv_3x3 16; conv_3x3 16',
      ]) {
        assert.throws(() => space.decode(text), RangeError, text);
      }
    });

    for (const { name, apply } of space.mutations) {
      it(`change by the mutation ${name} to another architecture of the space`, () => {
        let changes = 0;
        for (const genotype of drawn) {
          const before = space.encode(genotype);
          const changed = apply(genotype, random);
          assert.equal(space.encode(genotype), before, 'the parent stays');
          if (!changed) continue;
          inside(changed);
          assert.notEqual(space.encode(changed), before);
          changes++;
        }
        const canChange = name !== 'channels' || title !== 'mbconv efficientnet-b0';
        assert.equal(changes > drawn.length / 4, canChange, `${changes} of ${drawn.length}`);
      });
    }

    it('have children inside the space, with parts of both parents', () => {
      let mixed = 0;
      for (let i = 0; i + 1 < drawn.length; i++) {
        const [a, b] = [drawn[i]!, drawn[i + 1]!];
        const child = space.crossover(a, b, random);
        inside(child);
        const text = space.encode(child);
        if (text !== space.encode(a) && text !== space.encode(b)) mixed++;
        assert.deepEqual(space.crossover(a, a, random), a, 'equal parents, equal child');
      }
      assert.ok(mixed > drawn.length / 2, `${mixed} mixed`);
    });
  });
}

describe('mutations do what their names say', () => {
  const random = Random.fromSeed(21, 'names');
  const chain = create('chain', { layers: [3, 5] });
  const mutate = (space: SearchSpace, name: string, genotype: Genotype) =>
    space.mutations.find((each) => each.name === name)!.apply(genotype, random);
  const chains = Array.from({ length: 60 }, () => drawByDecisions(chain, random)).filter(
    (genotype) => genotype.space === 'chain',
  );

  it('chain: one operation or the channels of one layer', () => {
    for (const before of chains.slice(0, 40)) {
      for (const part of ['operation', 'channels'] as const) {
        const after = mutate(chain, part, before);
        assert.ok(after?.space === 'chain');
        const differing = after.layers.filter((layer, i) => layer[part] !== before.layers[i]![part]);
        assert.equal(differing.length, 1);
        const restored = after.layers.map((layer, i) => ({ ...layer, [part]: before.layers[i]![part] }));
        assert.deepEqual(restored, before.layers);
      }
    }
  });

  it('chain: layers up or down to the next number, the others stay in order', () => {
    const kept = chains.map(({ layers }) => layers.length);
    assert.deepEqual([...new Set(kept)].sort(), [3, 5]);
    for (const before of chains) {
      const isShort = before.layers.length === 3;
      const after = mutate(chain, isShort ? 'addLayer' : 'removeLayer', before);
      assert.equal(mutate(chain, isShort ? 'removeLayer' : 'addLayer', before), undefined);
      assert.ok(after?.space === 'chain');
      assert.equal(after.layers.length, isShort ? 5 : 3);
      const words = (genotype: typeof before): string[] =>
        genotype.layers.map(({ operation, channels }) => `${operation} ${channels}`);
      const [few, many] = isShort ? [words(before), words(after)] : [words(after), words(before)];
      let at = -1;
      for (const word of few) {
        at = many.indexOf(word, at + 1);
        assert.ok(at >= 0, `${few.join()} in ${many.join()}`);
      }
    }
  });

  it('chain: the connections', () => {
    for (const before of chains.slice(0, 20)) {
      const after = mutate(chain, 'connection', before);
      assert.ok(after?.space === 'chain');
      assert.notEqual(after.connections, before.connections);
      assert.deepEqual(after.layers, before.layers);
    }
  });

  it('cell: a node more at the end, or one less with what reads it rewired', () => {
    const space = create('cell', { nodes: 4, minNodes: 2, inputsPerNode: 3 });
    const operationsOf = (edges: readonly { readonly operation: string }[]): string[] =>
      edges.map(({ operation }) => operation).sort();
    for (let i = 0; i < 60; i++) {
      const before = drawByDecisions(space, random);
      assert.ok(before.space === 'cell');
      for (const [name, direction, limit] of [
        ['addNode', 1, 4],
        ['removeNode', -1, 2],
      ] as const) {
        const after = mutate(space, name, before);
        if (cellKinds.every((kind) => before[kind].nodes.length === limit)) {
          assert.equal(after, undefined);
          continue;
        }
        assert.ok(after?.space === 'cell');
        const changed: CellKind[] = cellKinds.filter(
          (kind) => after[kind].nodes.length !== before[kind].nodes.length,
        );
        assert.equal(changed.length, 1);
        const old: GenotypeEdge[][] = before[changed[0]!].nodes;
        const now: GenotypeEdge[][] = after[changed[0]!].nodes;
        assert.equal(now.length, old.length + direction);
        if (name === 'addNode') {
          assert.deepEqual(now.slice(0, -1), old);
          continue;
        }
        // The node from which on they differ went; what came after it computes with the operations that it had.
        const isRemoved = (removed: number): boolean =>
          old
            .filter((_, node) => node !== removed)
            .every((edges, node) => {
              const [had, has] = [operationsOf(edges), operationsOf(now[node]!)];
              return has.every((each) => had.includes(each)) && has.length >= Math.min(had.length, node + 2);
            });
        assert.ok(
          old.some((_, node) => isRemoved(node)),
          JSON.stringify({ old, now }),
        );
      }
    }
  });

  it('mbconv: one block, the depth of one stage by one, all channels', () => {
    const space = create('mbconv', { widths: [1, 2] });
    for (let i = 0; i < 40; i++) {
      const before = drawByDecisions(space, random);
      assert.ok(before.space === 'mbconv');
      const depths = (genotype: typeof before): number[] =>
        genotype.stages.map(({ blocks }) => blocks.length);
      const block = mutate(space, 'operation', before);
      assert.ok(block?.space === 'mbconv');
      assert.deepEqual(depths(block), depths(before));
      const list = (genotype: typeof before): string[] =>
        genotype.stages.flatMap(({ blocks }) => blocks.map((each) => JSON.stringify(each)));
      assert.equal(list(block).filter((each, at) => each !== list(before)[at]).length, 1);
      for (const [name, direction] of [
        ['addLayer', 1],
        ['removeLayer', -1],
      ] as const) {
        const after = mutate(space, name, before);
        if (!after) continue;
        assert.ok(after.space === 'mbconv');
        const moved: number[] = depths(after).map((depth, stage) => depth - depths(before)[stage]!);
        assert.deepEqual(
          moved.filter((each) => each !== 0),
          [direction],
        );
      }
      const wide = mutate(space, 'channels', before);
      assert.ok(wide?.space === 'mbconv');
      assert.deepEqual(depths(wide), depths(before));
      assert.notEqual(wide.stem.channels, before.stem.channels);
    }
  });
});

describe('planNetwork', () => {
  it('builds chains and MBConv networks from a frame alone, as their spaces do', () => {
    for (const name of ['chain', 'mbconv'] as const) {
      const space = create(name, {});
      const genotype = space.sample(Random.fromSeed(2));
      assert.deepEqual(planNetwork(genotype, frame), space.proxy(genotype, frame));
    }
  });
});
