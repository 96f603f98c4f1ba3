import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeIdx, parseIdx, readIdx, readIdxIntegers, toImageSets } from '../../../src/data/idx';
import { UserError } from '../../../src/errors';
import { useFolder } from './helpers';

const images = { dimensions: [3, 2, 2], values: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) };
const bytes = encodeIdx(images);

async function problemOf(broken: Uint8Array): Promise<string> {
  return parseIdx(broken, 'some.idx').then(
    () => assert.fail('It was accepted.'),
    (error: unknown) => {
      assert.ok(error instanceof UserError && error.hint, String(error));
      return error.message;
    },
  );
}

describe('IDX files', () => {
  const folder = useFolder();

  it('come back as they were written, gzipped or not, in one part or in several', async () => {
    // What the end of a file of several parts says is the size of the last one.
    const large = encodeIdx({ dimensions: [200, 8, 8], values: new Uint8Array(12_800).fill(7) });
    const parts = [gzipSync(large.subarray(0, 12_700)), gzipSync(large.subarray(12_700))];
    assert.deepEqual([...(await parseIdx(Buffer.concat(parts), 'some.idx')).values], [...large.subarray(16)]);
    for (const packed of [bytes, gzipSync(bytes)]) {
      const { dimensions, values } = await parseIdx(packed, 'some.idx');
      assert.deepEqual(dimensions, images.dimensions);
      assert.deepEqual([...values], [...images.values]);
    }
  });

  it('have the header of MNIST', () => {
    assert.deepEqual([...bytes.subarray(0, 16)], [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2]);
  });

  it('are refused with the place where they are cut short', async () => {
    assert.equal(await problemOf(bytes.subarray(0, 20)), 'some.idx: cut short at byte 20 of 28.');
    assert.equal(
      await problemOf(bytes.subarray(0, 10)),
      'some.idx: cut short at byte 10, within the header of 16.',
    );
    assert.equal(await problemOf(bytes.subarray(0, 2)), 'some.idx: cut short at byte 2, within the header.');
    assert.match(await problemOf(new Uint8Array(0)), /cut short at byte 0/);
    assert.match(await problemOf(gzipSync(bytes).subarray(0, 24)), /gzip data is broken or cut short/);
  });

  it('are refused when they are something else', async () => {
    assert.match(
      await problemOf(Buffer.from('\x89PNG and more', 'latin1')),
      /begins with 0x89504e47, which is not an IDX file/,
    );
    assert.match(await problemOf(Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0)), /holds 32-bit floats/);
    assert.match(
      await problemOf(Uint8Array.of(...bytes, 0)),
      /has 29 bytes where its header \[3, 2, 2\] asks for 28/,
    );
  });

  it('name the file that is not there', async () => {
    const file = path.join(folder(), 'absent.gz');
    await assert.rejects(readIdx(file), { message: `${file}: there is no such file.` });
    writeFileSync(file, gzipSync(bytes));
    assert.deepEqual((await readIdx(file)).file, file);
  });

  it('hold labels as bytes, signed or not, and as 16- and 32-bit integers', () => {
    const read = (content: Uint8Array) => {
      const file = path.join(folder(), 'labels');
      writeFileSync(file, content);
      return [...readIdxIntegers(file).values];
    };
    const header = (type: number, count: number) => [0, 0, type, 1, 0, 0, 0, count];
    assert.deepEqual(read(Uint8Array.of(...header(0x08, 2), 0, 255)), [0, 255]);
    assert.deepEqual(read(Uint8Array.of(...header(0x09, 2), 1, 255)), [1, -1]);
    assert.deepEqual(read(Uint8Array.of(...header(0x0b, 2), 1, 44, 0xff, 0xfe)), [300, -2]);
    assert.deepEqual(read(gzipSync(Uint8Array.of(...header(0x0c, 1), 0, 1, 0, 2))), [65_538]);
    const many = Uint16Array.of(0, 256, 299, 65_535);
    assert.deepEqual(read(encodeIdx({ dimensions: [4], values: many })), [...many]);
    assert.throws(() => read(Uint8Array.of(...header(0x0d, 1), 0, 0, 0, 0)), /32-bit floats, not integers/);
    assert.throws(() => read(Uint8Array.of(...header(0x0b, 2), 1, 44)), /cut short at byte 10 of 12/);
  });

  describe('as images with labels', () => {
    const labels = { dimensions: [3], values: Uint8Array.of(0, 1, 1), file: 'labels' };
    const pictures = { ...images, file: 'images' };

    it('may have one or three channels', () => {
      const [gray] = toImageSets([{ images: pictures, labels }], ['a', 'b']);
      const { count, height, width, channels, classes, classNames } = gray!;
      assert.deepEqual([count, height, width, channels, classes, classNames], [3, 2, 2, 1, 2, ['a', 'b']]);
      const rgb = { dimensions: [3, 2, 2, 3], values: new Uint8Array(36), file: 'images' };
      assert.equal(toImageSets([{ images: rgb, labels }])[0]!.channels, 3);
    });

    it('are refused where they do not fit together', () => {
      const refuse = (set: Partial<typeof pictures>, marks: Partial<typeof labels>, message: RegExp) => {
        const part = { images: { ...pictures, ...set }, labels: { ...labels, ...marks } };
        assert.throws(() => toImageSets([part], ['a', 'b']), { message });
      };
      refuse(
        {},
        { dimensions: [2], values: Uint8Array.of(0, 1) },
        /labels: holds 2 labels for the 3 images of images/,
      );
      refuse(
        {},
        { values: Uint8Array.of(0, 1, 2) },
        /labels: label "2" of image 2 is not among "classNames"/,
      );
      refuse({}, { dimensions: [3, 1] }, /labels: its dimensions are \[3, 1\]/);
      refuse({ dimensions: [12] }, {}, /images: its dimensions are \[12\]/);
      refuse({ dimensions: [3, 1, 2, 2] }, {}, /images: its dimensions are \[3, 1, 2, 2\]/);
      refuse({ dimensions: [0, 2, 2] }, {}, /images: is empty/);
    });
  });
});
