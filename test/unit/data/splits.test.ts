import assert from 'node:assert/strict';
import { makeSplits, stratifiedGroupSplit, stratifiedSplit } from '../../../src/data/splits';
import { Random } from '../../../src/random';
import { dataOf, numberedSet } from './helpers';

/** 10 classes of unequal sizes: 11, 22, … 110 images, mixed. */
const labels = Random.fromSeed(5).shuffle(
  Array.from({ length: 10 }, (_, label) => new Array<number>(11 * (label + 1)).fill(label)).flat(),
);

function countsOf(indices: Int32Array, of: ArrayLike<number> = labels): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const index of indices) counts[of[index]!]!++;
  return counts;
}

function assertDisjoint(...parts: Int32Array[]): void {
  const all = parts.flatMap((part) => [...part]);
  assert.equal(new Set(all).size, all.length);
}

describe('stratifiedSplit', () => {
  it('covers all that is asked for with disjoint parts', () => {
    const parts = stratifiedSplit(labels, [0.5, 0.2, 121], Random.fromSeed(1));
    assert.deepEqual(
      parts.map((part) => part.length),
      [303, 121, 121],
    );
    assertDisjoint(...parts);
  });

  it('uses up the whole set when the parts add up to it', () => {
    const parts = stratifiedSplit(labels, [202, 202, 201], Random.fromSeed(1));
    assert.deepEqual(
      parts.flatMap((part) => [...part]).sort((a, b) => a - b),
      [...labels.keys()],
    );
  });

  it('keeps the proportions of the classes, to one image', () => {
    const [half, tenth] = stratifiedSplit(labels, [0.5, 0.1], Random.fromSeed(7));
    countsOf(half!).forEach((count, label) =>
      assert.ok(Math.abs(count - 5.5 * (label + 1)) <= 1, `${label}: ${count}`),
    );
    countsOf(tenth!).forEach((count, label) =>
      assert.ok(Math.abs(count - 1.1 * (label + 1)) <= 1, `${label}: ${count}`),
    );
  });

  it('depends on the seed alone', () => {
    const draw = (seed: number) => [...stratifiedSplit(labels, [100], Random.fromSeed(seed))[0]!];
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it('mixes the classes within a part', () => {
    const [part] = stratifiedSplit(labels, [400], Random.fromSeed(1));
    const firstHalf = countsOf(part!.subarray(0, 200));
    assert.ok(
      firstHalf.every((count) => count > 0),
      String(firstHalf),
    );
  });

  it('copes with classes that have no image', () => {
    const [part] = stratifiedSplit([0, 5, 5, 0], [4], Random.fromSeed(1));
    assert.deepEqual([...part!].sort(), [0, 1, 2, 3]);
  });

  it('gives every part an image of every class, where there are as many', () => {
    // 200, 3 and 2 images: the shares of the small classes in a part of 10 % round to 0.
    const few = Random.fromSeed(2).shuffle([
      ...new Array<number>(200).fill(0),
      ...new Array<number>(3).fill(1),
      ...new Array<number>(2).fill(2),
    ]);
    for (const sizes of [
      [185, 20],
      [20, 185],
      [3, 3],
    ]) {
      for (const part of stratifiedSplit(few, sizes, Random.fromSeed(3))) {
        const counts = countsOf(part, few).slice(0, 3);
        assert.ok(
          counts.every((count) => count > 0),
          String(counts),
        );
      }
    }
    const [large, small] = stratifiedSplit(few, [185, 20], Random.fromSeed(3));
    assert.deepEqual(
      [countsOf(large!, few).slice(0, 3), countsOf(small!, few).slice(0, 3)],
      [
        [182, 2, 1],
        [18, 1, 1],
      ],
    );
  });

  it('gives a class that has too few images to the first parts, and a small part no class by force', () => {
    const one = [0, 0, 0, 0, 0, 0, 0, 1];
    const [first, second] = stratifiedSplit(one, [4, 4], Random.fromSeed(1));
    assert.deepEqual([countsOf(first!, one)[1], countsOf(second!, one)[1]], [1, 0]);
    const many = Array.from({ length: 30 }, (_, i) => i % 10);
    const parts = stratifiedSplit(many, [4, 26], Random.fromSeed(1));
    assert.deepEqual(
      parts.map((part) => part.length),
      [4, 26],
    );
  });

  it('refuses to hand out more than there is', () => {
    assert.throws(() => stratifiedSplit(labels, [600, 6], Random.fromSeed(1)), RangeError);
  });
});

describe('stratifiedGroupSplit', () => {
  /** 40 groups of 1 … 60 images, each of one to three of 4 unequal classes. */
  function drawGroups(seed: number) {
    const random = Random.fromSeed(seed, 'groups');
    const images: { label: number; group: number }[] = [];
    for (let group = 0; group < 40; group++) {
      const own = [0, 1, 2].map(() => Math.min(random.integer(5), 3));
      const size = 1 + random.integer(60);
      for (let i = 0; i < size; i++) images.push({ label: own[random.integer(3)]!, group: 100 - group });
    }
    random.shuffle(images);
    return { labels: images.map(({ label }) => label), groups: images.map(({ group }) => group) };
  }
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);

  it('keeps every group on one side, and leaves nothing out', () => {
    for (const seed of seeds) {
      const { labels: own, groups } = drawGroups(seed);
      const parts = stratifiedGroupSplit(own, groups, [0.6, 0.3, 0.1], Random.fromSeed(seed));
      assert.deepEqual(
        parts.flatMap((part) => [...part]).sort((a, b) => a - b),
        [...own.keys()],
      );
      const sides = parts.map((part) => new Set(Array.from(part, (position) => groups[position])));
      const together = sides.reduce((sum, side) => sum + side.size, 0);
      assert.equal(together, new Set(groups).size);
    }
  });

  it('meets the shares of the images and of every class within the largest group’s', () => {
    const shares = [0.8, 0.2];
    for (const seed of seeds) {
      const { labels: own, groups } = drawGroups(seed);
      const parts = stratifiedGroupSplit(own, groups, shares, Random.fromSeed(seed));
      for (const kind of [undefined, 0, 1, 2, 3]) {
        const isOf = (position: number) => kind === undefined || own[position] === kind;
        const all = [...own.keys()].filter(isOf);
        const sizes = new Map<number, number>();
        for (const position of all) sizes.set(groups[position]!, (sizes.get(groups[position]!) ?? 0) + 1);
        const bound = Math.max(...sizes.values()) / all.length;
        parts.forEach((part, i) => {
          const share = part.filter(isOf).length / all.length;
          assert.ok(Math.abs(share - shares[i]!) <= bound, `seed ${seed}, class ${kind}: ${share}`);
        });
      }
    }
  });

  it('finds the exact division where groups are alike', () => {
    // Ten groups, each with three images of class 0 and one of class 1.
    const own = Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? 1 : 0));
    const groups = own.map((_, i) => Math.floor(i / 4));
    const [large, small] = stratifiedGroupSplit(own, groups, [0.7, 0.3], Random.fromSeed(4));
    assert.deepEqual(
      [countsOf(large!, own).slice(0, 2), countsOf(small!, own).slice(0, 2)],
      [
        [21, 7],
        [9, 3],
      ],
    );
  });

  it('gives every part each class of which there are as many groups as parts', () => {
    // Groups of one class: four of class 0, two of class 1 that are larger than a tenth.
    const groups = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5];
    const own = groups.map((group) => (group < 4 ? 0 : 1));
    for (const seed of seeds) {
      for (const part of stratifiedGroupSplit(own, groups, [0.9, 0.1], Random.fromSeed(seed))) {
        const counts = countsOf(part, own);
        assert.ok(counts[0]! > 0 && counts[1]! > 0, `seed ${seed}: ${counts.slice(0, 2).join()}`);
      }
    }
    const lone = stratifiedGroupSplit([0, 1, 2, 3], [1, 2, 3, 4], [0.9, 0.1], Random.fromSeed(1));
    assert.deepEqual(
      lone.map((part) => part.length),
      [3, 1],
    );
  });

  it('depends on the seed alone', () => {
    const { labels: own, groups } = drawGroups(1);
    const draw = (seed: number) =>
      stratifiedGroupSplit(own, groups, [0.5, 0.5], Random.fromSeed(seed)).map((part) => [...part]);
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });
});

describe('makeSplits', () => {
  const data = dataOf(numberedSet([...labels]), numberedSet([0, 1, 0, 1, 0, 1, 0, 1]));

  it('separates what trains the weights from what trains α', () => {
    const { train, validation, test } = makeSplits(data, { validationFraction: 0.4, seed: 1 });
    assert.deepEqual([train.length, validation.length, test.length], [363, 242, 8]);
    assertDisjoint(train, validation);
  });

  it('limits both sides, stratified, and takes a limit beyond the data as all of it', () => {
    const limited = makeSplits(data, { validationFraction: 0.5, limit: 100, testLimit: 4, seed: 1 });
    assert.deepEqual([limited.train.length, limited.validation.length, limited.test.length], [50, 50, 4]);
    assert.deepEqual(countsOf(limited.test, data.test.labels).slice(0, 2), [2, 2]);
    const all = makeSplits(data, { validationFraction: 0.5, limit: 10_000, testLimit: 10_000, seed: 1 });
    assert.deepEqual([all.train.length + all.validation.length, all.test.length], [605, 8]);
  });

  it('is repeatable', () => {
    const options = { validationFraction: 0.5, limit: 50, testLimit: 4, seed: 9 };
    assert.deepEqual(makeSplits(data, options), makeSplits(data, options));
    assert.notDeepEqual(makeSplits(data, options).train, makeSplits(data, { ...options, seed: 8 }).train);
  });

  it('says so when a side would be empty', () => {
    const tiny = { validationFraction: 0.1, limit: 3, seed: 1 };
    assert.throws(() => makeSplits(data, tiny), {
      message: /3 would train the weights and 0 α/,
      code: 'empty-split',
    });
  });

  it('says nothing where every class is in every split', () => {
    assert.deepEqual(
      makeSplits(dataOf(numberedSet([...labels])), { validationFraction: 0.4, seed: 1 }).notices,
      [],
    );
  });

  it('names the classes that a split has no image of, why, and what to do', () => {
    const set = numberedSet([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]);
    const { notices } = makeSplits(dataOf(set), { validationFraction: 0.5, testLimit: 2, seed: 1 });
    assert.deepEqual(notices, [
      'No image that trains α or validates is of "2": they have too few images. Add some, or leave them out.',
      'No image that tests found networks is of "2": there are 2 such images for 3 classes. Use more (data.testImages).',
    ]);
  });

  describe('of grouped images', () => {
    const groups = Int32Array.from(labels, (_, i) => i % 23);
    const grouped = { ...numberedSet([...labels]), groups };
    const test = numberedSet([...labels]);
    const sides = (...parts: Int32Array[]) => parts.map((part) => new Set(part.map((i) => groups[i]!)));

    it('keeps groups on one side, near to the share', () => {
      const { train, validation, notices } = makeSplits(dataOf(grouped, test), {
        validationFraction: 0.3,
        seed: 1,
      });
      const [left, right] = sides(train, validation);
      assert.equal(left!.size + right!.size, 23);
      assert.equal(train.length + validation.length, labels.length);
      assert.ok(Math.abs(validation.length / labels.length - 0.3) <= 1 / 22, `${validation.length}`);
      assert.deepEqual(notices, []);
    });

    it('keeps them there where there is a limit, too', () => {
      const options = { validationFraction: 0.5, limit: 100, seed: 1 };
      const { train, validation } = makeSplits(dataOf(grouped, test), options);
      assert.deepEqual([train.length, validation.length], [50, 50]);
      const [left, right] = sides(train, validation);
      assert.deepEqual(
        [...left!].filter((group) => right!.has(group)),
        [],
      );
    });

    it('are refused where all are of one group', () => {
      const single = { ...grouped, groups: new Int32Array(labels.length) };
      assert.throws(() => makeSplits(dataOf(single, test), { validationFraction: 0.5, seed: 1 }), {
        message: /All training images are of one group/,
        code: 'empty-split',
      });
    });

    it('says that groups are in training and in test', () => {
      const own = { ...test, groups: Int32Array.from(groups, (group) => group + 21) };
      assert.match(
        makeSplits(dataOf(grouped, own), { validationFraction: 0.5, seed: 1 }).notices.join(),
        /^2 groups have images in training and in test/,
      );
    });
  });
});
