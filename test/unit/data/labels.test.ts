import assert from 'node:assert/strict';
import { classesOf, mostClasses, type RawLabel } from '../../../src/data/labels';
import { UserError } from '../../../src/errors';
import { frameSchema } from '../../../src/space/frame';

function found(labels: ArrayLike<RawLabel>, names?: readonly string[]) {
  const classes = classesOf([{ labels, source: 'some' }], names);
  return [classes.classNames, [...classes.labels[0]!]];
}

function refused(labels: ArrayLike<RawLabel>, message: RegExp, names?: readonly string[]): void {
  assert.throws(
    () => found(labels, names),
    (error: unknown) => {
      assert.ok(error instanceof UserError && error.code === 'broken-data', String(error));
      assert.match(`${error.message} ${error.hint}`, message);
      return true;
    },
  );
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('labels that are integers', () => {
  it('make as many classes as there are, from any base, named as they are written', () => {
    assert.deepEqual(found(Uint8Array.of(1, 0, 1)), [
      ['0', '1'],
      [1, 0, 1],
    ]);
    assert.deepEqual(found([2, -1, 0, 1]), [
      ['-1', '0', '1', '2'],
      [3, 0, 1, 2],
    ]);
    const letters = upTo(1, 26);
    assert.deepEqual(found(letters), [letters.map(String), upTo(0, 25)]);
  });

  it('are in numeric order, also beyond 256 classes, and of any type of array', () => {
    const [names, labels] = found(upTo(1000, 1299).reverse());
    assert.deepEqual([names![0], names![2], names![299], labels![0]], ['1000', '1002', '1299', 299]);
    assert.deepEqual(found(BigInt64Array.of(9n, 10n)), [
      ['9', '10'],
      [0, 1],
    ]);
    assert.deepEqual(found(Float32Array.of(-0, 1)), [
      ['0', '1'],
      [0, 1],
    ]);
  });

  it('are refused where one between them has no image, with which', () => {
    const without = upTo(1, 26).filter((label) => label !== 13);
    refused(without, /^some: labels go from 1 to 26, but no image has the label "13"\. .*\["1", "2", …\]/);
    refused([0, 255], /no image has the label "1", "2", "3" and 251 more/);
    refused([0, 2 ** 52], /"1", "2", "3" and 4503599627370492 more/);
  });

  it('may have gaps where names list the labels, in the order of the names', () => {
    assert.deepEqual(found([0, 255, 0], ['255', '0']), [
      ['255', '0'],
      [1, 0, 1],
    ]);
    refused([0, 255, 7], /^some: label "7" of image 2 is not among "classNames"/, ['0', '255']);
  });

  it('take names that are given, from the smallest on', () => {
    assert.deepEqual(found([7, 5, 6], ['a', 'b', 'c']), [
      ['a', 'b', 'c'],
      [2, 0, 1],
    ]);
    assert.deepEqual(found([0, 255, 255], ['background', 'cell']), [
      ['background', 'cell'],
      [0, 1, 1],
    ]);
    refused([1, 2, 3], /label "3" of image 2 is not among .* 2 names stand for the labels 1 … 2/, ['a', 'b']);
    refused([1, 2, 4], /4 names for the 3 labels 1 … 4\. Add images of the others \("c",/, [
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('are refused where they are no integers, all the same, or none', () => {
    refused([0, 1, 1.5], /^some: label 1\.5 of image 2 is no integer/);
    refused([0, NaN], /label NaN of image 1 is no integer/);
    refused([5, 5], /^some: all labels are the same\. .* at least two/);
    refused([], /^some: there are no labels/);
    refused([0, 'cat'], /label "cat" of image 1 is a string, others are not/);
  });

  it('are as many as a network may have classes, and no more', () => {
    const frame = (classes: number) => ({ input: { height: 1, width: 1, channels: 1 }, classes });
    assert.ok(frameSchema.safeParse(frame(mostClasses)).success);
    assert.ok(!frameSchema.safeParse(frame(mostClasses + 1)).success);
    assert.equal(found(upTo(1, mostClasses))[1]!.at(-1), mostClasses - 1);
    refused(upTo(0, mostClasses), /more than 10000 different labels/);
  });
});

describe('labels that are texts', () => {
  it('are sorted as Python’s sorted() does, by code point', () => {
    // sorted(['b', '😀', 'a', 'B', '10', '9', 'é', '～']) of Python 3.
    const sorted = ['10', '9', 'B', 'a', 'b', 'é', '～', '😀'];
    assert.deepEqual(found(['b', '😀', 'a', 'B', '10', '9', 'é', '～']), [sorted, [4, 7, 3, 2, 0, 1, 5, 6]]);
  });

  it('take the order of names that are given, and are refused outside of them', () => {
    assert.deepEqual(found(['cat', 'dog'], ['dog', 'cat']), [
      ['dog', 'cat'],
      [1, 0],
    ]);
    refused(['cat', 'cow'], /^some: label "cow" of image 1 is not among "classNames"\. .*"cat", "dog"/, [
      'cat',
      'dog',
    ]);
    refused(['cat', 'dog'], /no image is of the class "cow"/, ['cat', 'cow', 'dog']);
    refused(['cat', 'dog'], /"cat" is listed twice/, ['cat', 'dog', 'cat']);
  });
});

describe('labels of several parts', () => {
  const parts = (train: RawLabel[], test: RawLabel[]) =>
    classesOf([
      { labels: train, source: 'train' },
      { labels: test, source: 'test' },
    ]);

  it('share their classes', () => {
    const { classNames, labels } = parts(['b', 'a', 'c'], ['c', 'a', 'b', 'b']);
    assert.deepEqual(classNames, ['a', 'b', 'c']);
    assert.deepEqual(
      labels.map((part) => [...part]),
      [
        [1, 0, 2],
        [2, 0, 1, 1],
      ],
    );
  });

  it('are refused where a part lacks a class, with part and class', () => {
    assert.throws(() => parts([1, 2, 3], [1, 2]), { message: 'test: no image is of the class "3".' });
    assert.throws(() => parts(['a', 'b'], ['a', 'b', 'c', 'd']), {
      message: 'train: no image is of the classes "c", "d".',
      hint: /move some of it there, or leave the class out/,
    });
  });
});
