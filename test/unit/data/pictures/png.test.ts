import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { decodePng } from '../../../../src/data/pictures/png';
import type { Decoded } from '../../../../src/data/pictures/decoded';
import { libvips } from '../../../../src/data/pictures/libvips';
import { Random } from '../../../../src/random';
import { chunk } from '../../../support/pictures';

/** Colour types with their depths (ISO/IEC 15948, table 11.1), and samples a pixel. */
const kinds = [
  { colour: 0, samples: 1, depths: [1, 2, 4, 8, 16] },
  { colour: 2, samples: 3, depths: [8, 16] },
  { colour: 3, samples: 1, depths: [1, 2, 4, 8] },
  { colour: 4, samples: 2, depths: [8, 16] },
  { colour: 6, samples: 4, depths: [8, 16] },
] as const;

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

interface Kind {
  readonly colour: number;
  readonly samples: number;
  readonly bits: number;
}

interface Parts {
  readonly header: Buffer;
  /** Chunks between the header and the data. */
  readonly before: readonly Buffer[];
  /** Rows with their filters, not deflated. */
  readonly rows: Buffer;
}

/** Random rows, each with a filter: whatever is in them is a picture. */
function randomParts(width: number, height: number, { colour, samples, bits }: Kind, random: Random): Parts {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colour, 0, 0, 0], 8);
  const stride = 1 + Math.ceil((width * samples * bits) / 8);
  const rows = Buffer.from(Array.from({ length: height * stride }, () => random.integer(256)));
  for (let y = 0; y < height; y++) rows[y * stride] = random.integer(5);
  const before =
    colour === 3
      ? [chunk('PLTE', Buffer.from(Array.from({ length: 3 * 2 ** bits }, () => random.integer(256))))]
      : [];
  return { header, before, rows };
}

function joined({ header, before, rows }: Parts, data: Uint8Array[] = [deflateSync(rows)]): Buffer {
  const all = [chunk('IHDR', header), ...before, ...data.map((part) => chunk('IDAT', part))];
  return Buffer.concat([signature, ...all, chunk('IEND', Buffer.alloc(0))]);
}

function withAlpha({ height, width, channels, pixels }: Decoded): Buffer {
  const result = Buffer.alloc(4 * height * width, 255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) result[4 * i + c] = pixels[channels * i + (channels === 1 ? 0 : c)]!;
    if (channels === 4) result[4 * i + 3] = pixels[4 * i + 3]!;
  }
  return result;
}

/** What libvips makes of it. */
async function byLibvips(bytes: Buffer): Promise<Buffer> {
  const sharp = await libvips();
  return sharp(bytes).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer();
}

const plain: Kind = { colour: 2, samples: 3, bits: 8 };

describe('plain PNGs', () => {
  for (const { colour, samples, depths } of kinds) {
    for (const bits of depths) {
      it(`of colour type ${colour} and ${bits} bits are what libvips makes of them, by all filters`, async () => {
        const random = Random.fromSeed(100 * colour + bits, 'png');
        for (const [width, height] of [
          [1, 1],
          [7, 5],
          [33, 18],
        ] as const) {
          const bytes = joined(randomParts(width, height, { colour, samples, bits }, random));
          const decoded = decodePng(bytes);
          assert.ok(decoded);
          assert.deepEqual([decoded.width, decoded.height], [width, height]);
          assert.ok(withAlpha(decoded).equals(await byLibvips(bytes)), `${width} × ${height}`);
        }
      });
    }
  }

  it('may have a palette with alphas, data in pieces, and chunks that change nothing', async () => {
    const random = Random.fromSeed(1, 'png');
    const parts = randomParts(20, 9, { colour: 3, samples: 1, bits: 4 }, random);
    const alphas = chunk('tRNS', Buffer.from([0, 128, 255, 7]));
    const text = chunk('tEXt', Buffer.from('Comment\0none'));
    const deflated = deflateSync(parts.rows);
    const bytes = joined({ ...parts, before: [text, ...parts.before, alphas] }, [
      deflated.subarray(0, 10),
      deflated.subarray(10),
    ]);
    const decoded = decodePng(bytes);
    assert.equal(decoded?.channels, 4);
    assert.ok(withAlpha(decoded).equals(await byLibvips(bytes)));
  });

  it('among the fixtures are all PNGs', () => {
    const folder = path.join(__dirname, '../../../fixtures/pictures');
    const names = readdirSync(folder).filter((name) => name.endsWith('.png'));
    assert.ok(names.length >= 7);
    for (const name of names) assert.ok(decodePng(readFileSync(path.join(folder, name))), name);
  });

  it('are those alone: whatever else is in a file is left to libvips', () => {
    const random = Random.fromSeed(2, 'png');
    const parts = randomParts(6, 4, plain, random);
    const header = (at: number, value: number): Buffer => {
      const changed = Buffer.from(parts.header);
      changed[at] = value;
      return changed;
    };
    const before = (name: string, bytes: number): Parts => ({
      ...parts,
      before: [chunk(name, Buffer.alloc(bytes))],
    });
    const rows = (change: (rows: Buffer) => Uint8Array): Parts => ({
      ...parts,
      rows: Buffer.from(change(Buffer.from(parts.rows))),
    });
    const palette = randomParts(6, 4, { colour: 3, samples: 1, bits: 8 }, random);
    palette.rows.fill(0);
    palette.rows[3] = 2;
    const sound = joined(parts);
    assert.ok(decodePng(sound));
    const flipped = Buffer.from(sound);
    flipped[45]! ^= 1;
    for (const [what, bytes] of Object.entries({
      nothing: Buffer.alloc(0),
      'the signature alone': signature,
      'another signature': Buffer.concat([Buffer.from('GIF89a..'), sound.subarray(8)]),
      interlaced: joined({ ...parts, header: header(12, 1) }),
      'of another compression': joined({ ...parts, header: header(10, 1) }),
      'of another filtering': joined({ ...parts, header: header(11, 1) }),
      'of 4 bits in colour': joined({ ...parts, header: header(8, 4) }),
      'of an unknown colour type': joined({ ...parts, header: header(9, 5) }),
      'without rows': joined({ ...parts, header: header(7, 0), rows: Buffer.alloc(0) }),
      'with a profile': joined(before('iCCP', 20)),
      'with EXIF': joined(before('eXIf', 14)),
      'with a colour that is transparent': joined(before('tRNS', 6)),
      'with a second header': joined({ ...parts, before: [chunk('IHDR', parts.header)] }),
      'with a wrong checksum': flipped,
      'cut short': sound.subarray(0, -20),
      'cut before its end': sound.subarray(0, -12),
      'with rows that are missing': joined(rows((all) => all.subarray(0, -1))),
      'with more rows than it says': joined(rows((all) => Buffer.concat([all, Buffer.alloc(1)]))),
      'with a filter that is none': joined(rows((all) => all.fill(5, 0, 1))),
      'with data that is not deflated': joined(parts, [Buffer.from(parts.rows)]),
      'with an index that has no colour': joined({ ...palette, before: [chunk('PLTE', Buffer.alloc(6))] }),
    }))
      assert.equal(decodePng(bytes), undefined, what);
  });
});
