import assert from 'node:assert/strict';
import { alignedDistance } from '../../../../src/data/duplicates/alignment';
import { similarHashes } from '../../../../src/data/duplicates/candidates';
import { perceptualHash } from '../../../../src/data/duplicates/perceptualHash';
import { distance, measure, thumbnails } from '../../../../src/data/duplicates/thumbnails';
import { Random } from '../../../../src/random';
import { smallPictures } from './pictures';

function near(actual: number, expected: number, what = ''): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${what} ${actual}, not ${expected}`);
}

/** @param pictures of [16, 16, channels] */
function thumbnailsOf(pictures: readonly (readonly number[])[], channels: number) {
  const all = thumbnails(pictures.length, channels);
  pictures.forEach((pixels, at) => {
    all.values.set(pixels, at * pixels.length);
    measure(all, at);
  });
  return all;
}

/** Channels of [16, 16] as one picture. */
function inColour(...channels: readonly (readonly number[])[]): number[] {
  return channels[0]!.flatMap((_, i) => channels.map((channel) => channel[i]!));
}

describe('hashes of pictures', () => {
  it('are those of imagehash', () => {
    for (const { pixels, hash } of smallPictures) {
      const bytes = new Uint8Array(8);
      perceptualHash(Uint8Array.from(pixels), bytes, 0, 0);
      assert.equal(Buffer.from(bytes).toString('hex'), hash);
    }
  });

  it('that differ in at most eleven bits are all found, each pair once, and no others', async () => {
    const random = Random.fromSeed(3);
    // Each three times: as it is, and with up to seven bits turned, so that many pairs differ in 8 to 14.
    const hashes = Array.from({ length: 150 }, () => {
      const own = Uint8Array.from({ length: 8 }, () => random.integer(256));
      return [0, 7, 7].map((most) => {
        const turned = own.slice();
        for (let i = 0; i < most; i++) turned[random.integer(8)]! ^= 1 << random.integer(8);
        return turned;
      });
    }).flat();
    const bits = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
    const apart = (a: Uint8Array, b: Uint8Array): number =>
      a.reduce((sum, byte, i) => sum + bits(byte ^ b[i]!), 0);
    const expected: string[] = [];
    hashes.forEach((a, i) => {
      for (let j = i + 1; j < hashes.length; j++) if (apart(a, hashes[j]!) <= 11) expected.push(`${i} ${j}`);
    });
    assert.ok(expected.length > 300, `${expected.length}`);
    const found: string[] = [];
    await similarHashes(
      Uint8Array.from(hashes.flatMap((hash) => [...hash])),
      (one, other) => found.push(`${one} ${other}`),
      async () => {},
    );
    assert.deepEqual(found.sort(), expected.sort());
  });
});

describe('the distance of small pictures', () => {
  const [a, b, c] = smallPictures.map(({ pixels }) => pixels) as [number[], number[], number[]];
  const grey = thumbnailsOf([a, b], 1);
  const colour = thumbnailsOf([inColour(a, b, c), inColour(b, c, a)], 3);

  it('is what NumPy makes of their standardized values', () => {
    near(distance(grey, 0, 1), 1.3178964284648644);
    near(distance(colour, 0, 1), 1.4128000928278464);
  });

  it('once they lie on each other, is what numpy.linalg.lstsq leaves', () => {
    near(alignedDistance(grey, 0, 1), 0.972353841028505);
    near(alignedDistance(colour, 0, 1), 0.9865232072487816);
  });

  it('is zero for another brightness and contrast, also of a picture without slopes in one direction', () => {
    const stripes = Array.from({ length: 256 }, (_, i) => (i % 16) * 8);
    const pictures = thumbnailsOf([stripes, stripes.map((value) => 40 + value)], 1);
    near(distance(pictures, 0, 1), 0);
    assert.ok(alignedDistance(pictures, 0, 1) < 1e-3);
  });

  it('falls when a picture that was moved by part of a pixel lies on the other', () => {
    const wave = (shift: number): number[] =>
      Array.from({ length: 256 }, (_, i) => {
        const [x, y] = [i % 16, Math.floor(i / 16)];
        return Math.round(128 + 60 * Math.sin((x + shift) / 2) + 50 * Math.cos((y - shift) / 3));
      });
    const pictures = thumbnailsOf([wave(0), wave(0.4)], 1);
    const [apart, aligned] = [distance(pictures, 0, 1), alignedDistance(pictures, 0, 1)];
    assert.ok(apart > 0.15 && aligned < apart / 3, `${apart}, ${aligned}`);
  });
});
