import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Fitting, imageBytes } from '../../../src/data/dataSet';
import { fitImages, fitPicture, fittedShape, proposedSide } from '../../../src/data/fitting';
import { loadDataSet } from '../../../src/data/registry';
import { loadContext, numberedSet } from './helpers';

interface Picture {
  readonly height: number;
  readonly width: number;
  readonly pixels: string;
}

/** One picture, and what Pillow made of it. */
const pillow = JSON.parse(
  readFileSync(path.join(__dirname, '../../fixtures/fitting/pillow.json'), 'utf8'),
) as { picture: Picture; grey: Picture; resized: (Picture & { filter: 'box' | 'bilinear' })[] };

const bytes = ({ pixels }: Picture): Uint8Array => Uint8Array.from(Buffer.from(pixels, 'base64'));

/** One grey picture. */
const grey = (height: number, width: number, pixels: readonly number[]) => ({
  shape: { height, width, channels: 1 },
  pixels: Uint8Array.from(pixels),
});

describe('fitted images', () => {
  it('average the pixels that a new one covers', () => {
    const set = numberedSet([0, 1], 4);
    imageBytes(set).forEach((_, i) => (imageBytes(set)[i] = 10 * (i % 16)));
    const half = fitImages(set, { imageSize: 2 });
    assert.deepEqual([half.height, half.width, half.count], [2, 2, 2]);
    // Mean of 0, 10, 40, 50 is 25, and so on.
    assert.deepEqual([...imageBytes(half)], [25, 45, 105, 125, 25, 45, 105, 125]);
  });

  it('weigh pixels that are covered in part', () => {
    const set = numberedSet([0], 3);
    imageBytes(set).set([0, 90, 180, 0, 90, 180, 0, 90, 180]);
    assert.deepEqual([...imageBytes(fitImages(set, { imageSize: 2 }))], [30, 150, 30, 150]);
  });

  it('keep channels apart, means as they are, and an unchanged size untouched', () => {
    const set = numberedSet([0], 28, 3);
    imageBytes(set).forEach((_, i) => (imageBytes(set)[i] = 40 * (i % 3) + 10));
    assert.deepEqual(
      [...imageBytes(fitImages(set, { imageSize: 9 })).subarray(0, 6)],
      [10, 50, 90, 10, 50, 90],
    );
    assert.equal(fitImages(set, { imageSize: 28 }), set);
    assert.equal(fitImages(set, { imageSize: [28, 28], fit: 'pad', colour: 'rgb' }), set);
    assert.equal(fitImages(set, {}), set);
  });

  it('keep the aspect for one number, and take the one of two', () => {
    const shape = (height: number, width: number, fitting: Fitting) => {
      const fitted = fittedShape({ height, width, channels: 3 }, fitting);
      return [fitted.height, fitted.width, fitted.channels];
    };
    assert.deepEqual(shape(12, 28, { imageSize: 6 }), [6, 14, 3]);
    assert.deepEqual(shape(100, 33, { imageSize: 32 }), [97, 32, 3]);
    assert.deepEqual(shape(12, 28, {}), [12, 28, 3]);
    assert.deepEqual(shape(12, 28, { imageSize: [6, 7], colour: 'grey' }), [6, 7, 1]);
    for (const fit of ['crop', 'pad'] as const) {
      assert.deepEqual(shape(12, 28, { imageSize: 6, fit }), [6, 6, 3]);
      assert.deepEqual(shape(12, 28, { imageSize: [9, 5], fit }), [9, 5, 3]);
    }
    // Two rows of four pixels: the mean of a square of four, each.
    const wide = grey(2, 4, [0, 10, 100, 110, 20, 30, 120, 130]);
    assert.deepEqual([...fitPicture(wide.pixels, wide.shape, { imageSize: 1 })], [15, 115]);
    // All eight in one, and by columns.
    assert.deepEqual([...fitPicture(wide.pixels, wide.shape, { imageSize: [1, 1] })], [65]);
    assert.deepEqual([...fitPicture(wide.pixels, wide.shape, { imageSize: [2, 1] })], [55, 75]);
  });

  it('are cropped to the middle, after they were shrunk to cover the size', () => {
    const { shape, pixels } = grey(2, 6, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual([...fitPicture(pixels, shape, { imageSize: 2, fit: 'crop' })], [3, 4, 9, 10]);
    // Covered by 1 × 3 pixels, of which the second is the middle.
    assert.deepEqual([...fitPicture(pixels, shape, { imageSize: 1, fit: 'crop' })], [7]);
    const turned = grey(4, 2, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual(
      [...fitPicture(turned.pixels, turned.shape, { imageSize: 2, fit: 'crop' })],
      [3, 4, 5, 6],
    );
  });

  it('are padded with black around, and smaller ones are not enlarged for that', () => {
    const { shape, pixels } = grey(2, 4, [8, 8, 4, 4, 8, 8, 4, 4]);
    assert.deepEqual([...fitPicture(pixels, shape, { imageSize: 2, fit: 'pad' })], [8, 4, 0, 0]);
    assert.deepEqual(
      [...fitPicture(pixels, shape, { imageSize: 4, fit: 'pad' })],
      [0, 0, 0, 0, 8, 8, 4, 4, 8, 8, 4, 4, 0, 0, 0, 0],
    );
    const dot = grey(1, 1, [9]);
    assert.deepEqual([...fitPicture(dot.pixels, dot.shape, { imageSize: [1, 3], fit: 'pad' })], [0, 9, 0]);
    assert.deepEqual(
      [...fitPicture(dot.pixels, dot.shape, { imageSize: [2, 3], fit: 'pad', enlarge: true })],
      [9, 9, 0, 9, 9, 0],
    );
  });

  it('are enlarged only where that is asked for, linearly between the centres of pixels', () => {
    const enlarged = { imageSize: [1, 4], enlarge: true } as const;
    const { shape, pixels } = grey(1, 2, [0, 100]);
    assert.deepEqual([...fitPicture(pixels, shape, enlarged)], [0, 25, 75, 100]);
    for (const fitting of [{ imageSize: 5 }, { imageSize: [5, 2] }, { imageSize: 5, fit: 'crop' }] as const) {
      assert.throws(() => fitImages(numberedSet([0], 4), fitting), {
        code: 'image-size',
        message: /Images of 4 × 4 cannot be shrunk to 5/,
        hint: /Use at most .*"enlarge": true/,
      });
    }
  });

  it('are those of Pillow to within its rounding between rows and columns', () => {
    const { picture, resized } = pillow;
    for (const result of resized) {
      const { height, width, filter } = result;
      const fitting = { imageSize: [height, width], enlarge: filter === 'bilinear' } as const;
      const ours = fitPicture(bytes(picture), { ...picture, channels: 3 }, fitting);
      const theirs = bytes(result);
      assert.equal(ours.length, theirs.length);
      const most = ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - theirs[i]!)), 0);
      assert.ok(most <= 1, `${filter} ${height} × ${width}: ${most}`);
    }
  });

  it('become grey exactly as Pillow’s, and RGB of three equal channels', () => {
    const { picture } = pillow;
    const shape = { ...picture, channels: 3 };
    assert.deepEqual(fitPicture(bytes(picture), shape, { colour: 'grey' }), bytes(pillow.grey));
    const one = grey(1, 2, [7, 200]);
    assert.deepEqual([...fitPicture(one.pixels, one.shape, { colour: 'rgb' })], [7, 7, 7, 200, 200, 200]);
    assert.throws(() => fittedShape({ height: 2, width: 2, channels: 4 }, { colour: 'rgb' }), {
      code: 'colour',
      message: /4 channels cannot become rgb/,
    });
  });

  it('of several sizes come to one, or are refused with a size that would do', () => {
    const sizes = [
      { height: 300, width: 400 },
      { height: 200, width: 100 },
    ];
    const images = { height: 300, width: 400, channels: 3, sizes };
    assert.deepEqual(fittedShape(images, { imageSize: 64, fit: 'crop' }), {
      height: 64,
      width: 64,
      channels: 3,
    });
    assert.deepEqual(fittedShape(images, { imageSize: [64, 48] }), { height: 64, width: 48, channels: 3 });
    assert.throws(() => fittedShape(images, {}), {
      message: 'The pictures are of 2 sizes, from 200 × 100 to 300 × 400; a network takes one.',
      hint: /^Write "imageSize": 96, "fit": "crop"/,
    });
    assert.throws(() => fittedShape(images, { imageSize: 64 }), { hint: /"crop" or "pad".*\[96, 96\]/ });
    assert.throws(() => fittedShape(images, { imageSize: 128, fit: 'crop' }), {
      message: /Images of 200 × 100 cannot be shrunk to 128/,
    });
    assert.equal(proposedSide({ height: 9, width: 12, channels: 1 }), 9);
  });

  it('of every set are fitted one by one as they are together', async () => {
    const chosen = { set: 'synthetic', height: 12, width: 30, channels: 3, trainImages: 5 } as const;
    const plain = await loadDataSet(chosen, loadContext('.'));
    for (const fitting of [
      { imageSize: 6 },
      { imageSize: [7, 5], colour: 'grey' },
      { imageSize: 8, fit: 'crop' },
      { imageSize: 20, fit: 'pad' },
      { imageSize: [20, 40], enlarge: true },
    ] as const) {
      const { train } = await loadDataSet({ ...chosen, ...fitting }, loadContext('.'));
      const { height, width, channels } = train;
      assert.deepEqual({ height, width, channels }, fittedShape(plain.train, fitting));
      const size = height * width * channels;
      for (let i = 0; i < train.count; i++) {
        const picture = imageBytes(plain.train).subarray(i * 1080, (i + 1) * 1080);
        assert.deepEqual(
          fitPicture(picture, plain.train, fitting),
          imageBytes(train).slice(i * size, (i + 1) * size),
        );
      }
    }
  });
});
