/** Operations on bytes against what Pillow makes of the same images. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  changed,
  shear,
  shift,
  turn,
  type PixelOperation,
  type Pixels,
} from '../../../src/data/pixelOperations';

interface Known {
  readonly images: Record<string, { height: number; width: number; channels: number; bytes: number[] }>;
  readonly operations: readonly { image: string; operation: PixelOperation; bytes: number[] }[];
  readonly turns: readonly { image: string; degrees: number; bytes: number[] }[];
  readonly moves: readonly {
    image: string;
    from: readonly [number, number, number, number, number, number];
    bytes: number[];
  }[];
}

const known = JSON.parse(
  readFileSync(path.join(__dirname, '../../fixtures/augment/pillow.json'), 'utf8'),
) as Known;

function imageOf(name: string): Pixels {
  const image = known.images[name]!;
  return { ...image, bytes: Uint8Array.from(image.bytes) };
}

/** Pillow cuts off what bilinear interpolation leaves behind the point, where we round. */
function assertClose(actual: Uint8Array, expected: readonly number[], title: string): void {
  assert.equal(actual.length, expected.length, title);
  actual.forEach((byte, at) =>
    assert.ok(Math.abs(byte - expected[at]!) <= 1, `${title}: ${byte} ≠ ${expected[at]} at ${at}`),
  );
}

describe('operations on pixels', () => {
  it('on brightness, contrast, colours and bits are those of Pillow to the byte', () => {
    const kinds = new Set<string>();
    for (const { image, operation, bytes } of known.operations) {
      const before = imageOf(image);
      const untouched = before.bytes.slice();
      const title = `${image}, ${JSON.stringify(operation)}`;
      assert.deepEqual([...changed(before, operation)], bytes, title);
      assert.deepEqual(before.bytes, untouched, 'The image itself stays.');
      kinds.add(operation.kind);
    }
    assert.equal(kinds.size, 8);
  });

  it('turn counterclockwise about the middle as Pillow does', () => {
    for (const { image, degrees, bytes } of known.turns) {
      const before = imageOf(image);
      assertClose(changed(before, turn(before, degrees)), bytes, `${image} by ${degrees}°`);
    }
  });

  it('move pixels by a matrix as Pillow does', () => {
    for (const { image, from, bytes } of known.moves)
      assertClose(changed(imageOf(image), { kind: 'affine', from }), bytes, `${image} ${from.join()}`);
  });

  it('shear and shift about the middle', () => {
    const bytes = Uint8Array.from({ length: 15 }, (_, i) => i + 1);
    const image: Pixels = { bytes, height: 5, width: 3, channels: 1 };
    assert.deepEqual([...changed(image, shift(1, -2))], [0, 0, 0, 0, 0, 0, 2, 3, 0, 5, 6, 0, 8, 9, 0]);
    // Two rows below the middle come from two pixels to the right, two above from two to the left.
    assert.deepEqual(
      [...changed(image, shear(image, 1, 0))],
      [0, 0, 1, 0, 4, 5, 7, 8, 9, 11, 12, 0, 15, 0, 0],
    );
    assert.deepEqual([...changed(image, turn(image, 0, 1))], [...bytes]);
  });

  it('enlarge about the middle, and shrink onto black', () => {
    const bytes = new Uint8Array(36).fill(200);
    const image: Pixels = { bytes, height: 6, width: 6, channels: 1 };
    const half = changed(image, turn(image, 0, 0.5));
    const lit = [...half].filter((byte) => byte > 0).length;
    assert.equal(lit, 9);
    assert.deepEqual([...changed(image, turn(image, 0, 2))], [...bytes]);
  });
});
