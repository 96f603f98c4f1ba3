import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Fitting } from '../../../../src/data/dataSet';
import { fitPicture, fitShrunk, shrunkSize } from '../../../../src/data/fitting';
import { decodePictures } from '../../../../src/data/pictures/decoder';
import { decodeShrunk } from '../../../../src/data/pictures/jpegDecoder';
import { parseJpeg } from '../../../../src/data/pictures/jpegFile';
import type { DecodeAnswer } from '../../../../src/data/pictures/messages';
import { Random } from '../../../../src/random';

const fixtures = path.join(__dirname, '../../../fixtures');
const photograph = (name: string): string => path.join(fixtures, 'photographs', name);
const names = ['whole.jpg', 'halves.jpg', 'quarters.jpg', 'restarts.jpg', 'grey.jpg'];

async function decoded(files: readonly string[], fitting: Fitting): Promise<DecodeAnswer[]> {
  const answers: DecodeAnswer[] = [];
  await decodePictures({
    ...{ files, fitting, threads: 1 },
    onAnswer: (index, answer) => void (answers[index] = answer),
  });
  return answers;
}

function picture(answer: DecodeAnswer | undefined) {
  assert.equal(answer?.kind, 'picture', JSON.stringify(answer));
  return answer as DecodeAnswer & { kind: 'picture' };
}

const small = { height: 37, width: 50 };

/** Mean and largest difference. */
function difference(ours: Uint8Array, theirs: Uint8Array): { mean: number; most: number } {
  assert.equal(ours.length, theirs.length);
  const all = Array.from(ours, (value, i) => Math.abs(value - theirs[i]!));
  return { mean: all.reduce((sum, value) => sum + value, 0) / all.length, most: Math.max(...all) };
}

/** Shrunk while it is decoded, in this process. */
function shrunk(bytes: Uint8Array, fitting: Fitting): Uint8Array {
  const decodedSo = decodeShrunk(bytes, (size) => shrunkSize(size, fitting));
  assert.ok(decodedSo);
  return fitShrunk(decodedSo.pixels, decodedSo.shape, fitting);
}

/** A JPEG with a segment of EXIF that says how it is turned. */
function turned(bytes: Uint8Array, orientation: number): Uint8Array {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  const exif = [...Buffer.from('Exif\0\0'), ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...bytes.subarray(2)]);
}

/** [height, width, channels] seen as EXIF says, by the definition of each orientation: where the first row and column are. */
function seen(
  pixels: Uint8Array,
  shape: { height: number; width: number; channels: number },
  orientation: number,
) {
  const { height, width, channels } = shape;
  const isLying = orientation >= 5;
  const [rows, columns] = isLying ? [width, height] : [height, width];
  const source: Record<number, (y: number, x: number) => [number, number]> = {
    1: (y, x) => [y, x],
    2: (y, x) => [y, width - 1 - x],
    3: (y, x) => [height - 1 - y, width - 1 - x],
    4: (y, x) => [height - 1 - y, x],
    5: (y, x) => [x, y],
    6: (y, x) => [height - 1 - x, y],
    7: (y, x) => [height - 1 - x, width - 1 - y],
    8: (y, x) => [x, width - 1 - y],
  };
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [row, column] = source[orientation]!(y, x);
      for (let c = 0; c < channels; c++) {
        result[(y * columns + x) * channels + c] = pixels[(row * width + column) * channels + c]!;
      }
    }
  }
  return { pixels: result, shape: { height: rows, width: columns, channels } };
}

describe('JPEGs shrunk while they are decoded', () => {
  const whole = new Map<string, DecodeAnswer & { kind: 'picture' }>();

  before(async () => {
    const answers = await decoded(names.map(photograph), {});
    names.forEach((name, i) => whole.set(name, picture(answers[i])));
  });

  for (const name of names) {
    it(`are what libvips decodes whole and area averaging shrinks: ${name}`, () => {
      const { pixels, shape } = whole.get(name)!;
      for (const imageSize of [1, 9, 18, 32, 37, 53, 60, 74] as const) {
        for (const fit of ['shrink', 'crop', 'pad'] as const) {
          const ours = shrunk(readFileSync(photograph(name)), { imageSize, fit });
          const { mean, most } = difference(ours, fitPicture(pixels, shape, { imageSize, fit }));
          const said = `${imageSize} ${fit}: ${mean} in the mean, ${most} at most`;
          // Grey differs by the rounding of what was averaged; colours by how they are spread over more pixels, too.
          if (name === 'grey.jpg') assert.ok(mean < 0.3 && most <= 3, said);
          else assert.ok(mean < 1 && most <= 24, said);
        }
      }
    });
  }

  it('are turned as EXIF says', () => {
    const { pixels, shape } = whole.get('grey.jpg')!;
    for (let orientation = 1; orientation <= 8; orientation++) {
      const bytes = turned(readFileSync(photograph('grey.jpg')), orientation);
      const theirs = seen(pixels, shape, orientation);
      for (const imageSize of [
        [18, 20],
        [37, 32],
      ] as const) {
        const ours = shrunk(bytes, { imageSize });
        const { mean, most } = difference(ours, fitPicture(theirs.pixels, theirs.shape, { imageSize }));
        assert.ok(mean < 0.3 && most <= 3, `${orientation}: ${mean} in the mean, ${most} at most`);
      }
    }
  });

  it('are left alone where they are to become more than half as large', () => {
    const bytes = readFileSync(photograph('whole.jpg'));
    assert.equal(
      decodeShrunk(bytes, (size) => shrunkSize(size, { imageSize: 75 })),
      undefined,
    );
    assert.deepEqual(shrunkSize({ height: 149, width: 203 }, { imageSize: 74 }), { height: 74, width: 101 });
    assert.equal(shrunkSize({ height: 149, width: 203 }, {}), undefined);
  });

  it('are decoded so on the thread, and others by libvips: both come to the size that is wanted', async () => {
    const files = [photograph('quarters.jpg'), path.join(fixtures, 'pictures', 'progressive.jpg')];
    const [plain, progressive] = await decoded(files, { imageSize: 8, fit: 'crop' });
    const fitting = { imageSize: 8, fit: 'crop' } as const;
    assert.deepEqual(picture(plain).pixels, shrunk(readFileSync(files[0]!), fitting));
    assert.deepEqual(picture(progressive).shape, { height: 8, width: 8, channels: 3 });
    assert.equal(parseJpeg(readFileSync(files[1]!)), undefined);
  });

  it('are left to libvips where the stream ends early, goes on wrongly, or has no end', () => {
    for (const name of names) {
      const bytes = readFileSync(photograph(name));
      for (const kept of [bytes.length - 1, bytes.length - 2, bytes.length - 40, bytes.length >> 1, 700, 3]) {
        assert.equal(
          decodeShrunk(bytes.subarray(0, kept), () => small),
          undefined,
          `${name} cut to ${kept}`,
        );
      }
    }
    const restarts = Uint8Array.from(readFileSync(photograph('restarts.jpg')));
    const at = restarts.findIndex((value, i) => value === 0xff && restarts[i + 1] === 0xd3);
    restarts[at + 1] = 0xd4;
    assert.equal(
      decodeShrunk(restarts, () => small),
      undefined,
    );
  });

  it('take no damage from files in which bytes were changed, and the next file is decoded as ever', () => {
    const random = Random.fromSeed(1, 'changed bytes');
    const sound = names.map((name) => decodeShrunk(readFileSync(photograph(name)), () => small)!);
    let decodedAnyway = 0;
    for (let round = 0; round < 600; round++) {
      const which = round % names.length;
      const bytes = Uint8Array.from(readFileSync(photograph(names[which]!)));
      for (let i = 0; i < 1 + (round % 4); i++) {
        bytes[random.integer(round % 2 === 0 ? 700 : bytes.length)] = random.integer(256);
      }
      if (decodeShrunk(bytes, () => small)) decodedAnyway++;
      if (round % 50 === 0) {
        names.forEach((name, i) => {
          assert.deepEqual(
            decodeShrunk(readFileSync(photograph(name)), () => small),
            sound[i],
          );
        });
      }
    }
    assert.ok(decodedAnyway > 0);
  });
});
