/** Where buffers are placed: never on each other while both are in use, and no higher than needed in simple cases. */
import assert from 'node:assert/strict';
import { placeBuffers, totalBytes } from '../../../../src/network/fused/machine/placement';
import type { Buffer, Extent, ProgramSize } from '../../../../src/network/fused/machine/place';
import { Random } from '../../../../src/random';

const size: ProgramSize = { batch: 6, chunks: 3, threads: 2, pairs: true };
const start = 4096;

function buffer(extent: Extent, bytes: number, first: number, last: number): Buffer {
  return { extent, bytes, address: undefined, first, last };
}

/** Bytes of the memory that a placement takes. */
function extentOf(buffers: readonly Buffer[]): number {
  return placeBuffers(buffers, size, start) - start;
}

describe('placement of buffers', () => {
  for (let seed = 0; seed < 20; seed++) {
    it(`keeps those apart that are in use together (${seed})`, () => {
      const random = Random.fromSeed(seed, 'placement');
      const extents: readonly Extent[] = ['image', 'pair', 'chunk', 'thread', 'once'];
      const buffers = Array.from({ length: 60 }, () => {
        const first = random.integer(30);
        const lasting = random.integer(10) === 0;
        const last = lasting ? Infinity : first + random.integer(8);
        return buffer(extents[random.integer(extents.length)]!, 1 + random.integer(3000), first, last);
      });
      const end = placeBuffers(buffers, size, start);
      const stretches = buffers.map((b) => ({
        ...b,
        from: b.address!,
        to: b.address! + totalBytes(b, size),
      }));
      stretches.forEach((a, i) => {
        assert.ok(a.from >= start && a.to <= end && a.from % 64 === 0);
        for (const b of stretches.slice(i + 1)) {
          const together = a.first <= b.last && b.first <= a.last;
          assert.ok(!together || a.to <= b.from || b.to <= a.from);
        }
      });
      // Nothing is wasted on what is never there at the same time.
      const everything = buffers.reduce((sum, b) => sum + totalBytes(b, size), 0);
      assert.ok(end - start < everything);
    });
  }

  it('takes the bytes of each part as often as there are parts, in whole cache lines', () => {
    assert.equal(extentOf([buffer('once', 100, 0, 0)]), 128);
    assert.equal(extentOf([buffer('pair', 100, 0, 0)]), 3 * 128);
    assert.equal(extentOf([buffer('image', 100, 0, 0)]), 6 * 128);
    assert.equal(extentOf([buffer('chunk', 100, 0, 0)]), 3 * 128);
    assert.equal(extentOf([buffer('thread', 100, 0, 0)]), 2 * 128);
  });

  it('gives the same place to one after the other', () => {
    const chain = [0, 1, 2, 3].map((segment) => buffer('once', 640, segment, segment));
    assert.equal(extentOf(chain), 640);
  });

  it('puts two beside each other where their last and first segment is the same', () => {
    assert.equal(extentOf([buffer('once', 640, 0, 2), buffer('once', 640, 2, 3)]), 1280);
  });

  it('fills the gap under one that lasts', () => {
    const buffers = [buffer('once', 1280, 0, 1), buffer('once', 640, 0, Infinity), buffer('once', 640, 2, 3)];
    assert.equal(extentOf(buffers), 1920);
    assert.equal(buffers[2]!.address, start);
  });

  it('leaves out what nothing uses', () => {
    const unused = buffer('image', 1e6, -1, -1);
    assert.equal(extentOf([unused, buffer('once', 64, 0, 0)]), 64);
    assert.equal(unused.address, undefined);
  });
});
