import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { builtFile } from '../../../../src/builtFile';
import { decodePictures } from '../../../../src/data/pictures/decoder';
import { readHeader } from '../../../../src/data/pictures/header';
import type { DecodeAnswer } from '../../../../src/data/pictures/messages';
import { chunk, encodePng } from '../../../support/pictures';

const folder = path.join(__dirname, '../../../fixtures/pictures');

/** What Pillow and NumPy say that a person sees in each file. */
const { pictures } = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as {
  pictures: Record<string, { shape: [number, number, number]; within: number; pixels: string }>;
};
const names = Object.keys(pictures);

/** Where a decoder is asked how large the memories of its WebAssembly are. */
const sizes = 'memories of the decoder';

/** The decoder, which answers that as well. */
const measured = `
  const { BroadcastChannel } = require('node:worker_threads');
  const memories = [];
  WebAssembly.Memory = class extends WebAssembly.Memory {
    constructor(descriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  const channel = new BroadcastChannel('${sizes}');
  channel.onmessage = () => channel.postMessage(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
  require(${JSON.stringify(builtFile('decoder.js'))});
`;

describe('decoded pictures', () => {
  let temporary = '';
  let program = '';

  /** Why bytes are no picture. */
  async function reasonOf(bytes: Uint8Array): Promise<string | undefined> {
    let reason: string | undefined;
    await decodePictures({
      ...{ files: ['changed'], fitting: {}, threads: 1, program, bytesOf: () => Promise.resolve(bytes) },
      onAnswer: (_, answer) => (reason = answer.kind === 'broken' ? answer.reason : undefined),
    });
    return reason;
  }
  const soundBytes = (name: string) => Uint8Array.from(readFileSync(path.join(folder, name)));

  const answers = new Map<string, DecodeAnswer>();

  after(() => rmSync(temporary, { recursive: true }));

  before(async () => {
    temporary = mkdtempSync(path.join(tmpdir(), 'nas-decode-'));
    program = path.join(temporary, 'decoder.cjs');
    writeFileSync(program, measured);
    const files = names.map((name) => path.join(folder, name));
    await decodePictures({
      ...{ files, fitting: {}, threads: 1, program },
      onAnswer: (index, answer) => void answers.set(names[index]!, answer),
    });
  });

  it('are none where a TIFF is cut short, whose rest libvips takes for black', async () => {
    // The pixels, 14 × 10, lie at the end.
    const sound = soundBytes('grey.tif');
    assert.equal(await reasonOf(sound.slice()), undefined);
    assert.match((await reasonOf(sound.slice(0, -60)))!, /the decoder says: .*[Rr]ead error/);
  });

  it('are none where the frame of a GIF goes beyond the picture, which libvips would enlarge to hold it', async () => {
    const sound = soundBytes('palette.gif');
    // The image descriptor: a comma, left, top, width and height.
    const at = sound.indexOf(0x2c, 6 + 7 + 3 * 2 ** ((sound[10]! & 7) + 1));
    assert.deepEqual([...sound.subarray(at, at + 9)], [0x2c, 0, 0, 0, 0, ...sound.subarray(6, 10)]);
    sound[at + 6] = 0xff;
    assert.match((await reasonOf(sound))!, /frames are larger than the picture/);
  });

  it('do not pile up in the memory of libvips, where JavaScript sees nothing to collect', async () => {
    const mebibyte = 1024 * 1024;
    const shape = { height: 1024, width: 1024, channels: 3 };
    const png = encodePng(shape, new Uint8Array(3 * mebibyte));
    // With EXIF, which says nothing here, it is libvips that decodes it.
    const exif = chunk('eXIf', Buffer.from('II*\0\b\0\0\0\0\0\0\0\0\0', 'latin1'));
    const bytes = Buffer.concat([png.subarray(0, 33), exif, png.subarray(33)]);
    const kinds: string[] = [];
    await decodePictures({
      files: new Array<string>(28).fill('black.png'),
      ...{ fitting: { imageSize: 8, fit: 'crop' }, threads: 1, program },
      bytesOf: () => Promise.resolve(bytes),
      onAnswer: (_, { kind }) => kinds.push(kind),
    });
    assert.deepEqual(kinds, new Array(28).fill('picture'));
    const channel = new BroadcastChannel(sizes);
    const size = await new Promise<number>((resolve) => {
      channel.onmessage = (event) => resolve((event as { data: number }).data);
      channel.postMessage('how large?');
    });
    channel.close();
    // The pictures have 84 MiB together, and libvips begins with 16.
    assert.ok(size > 0 && size < 80 * mebibyte, `${size / mebibyte} MiB`);
  });

  it('are all there are', () => {
    const made = readdirSync(folder).filter((name) => !/\.(py|json)$/.test(name));
    assert.deepEqual(names.toSorted(), made.toSorted());
    assert.equal(answers.size, names.length);
  });

  for (const name of names) {
    it(`are what a person sees: ${name}`, () => {
      const { shape, within, pixels } = pictures[name]!;
      const [height, width, channels] = shape;
      const answer = answers.get(name)!;
      assert.equal(answer.kind, 'picture', JSON.stringify(answer));
      if (answer.kind !== 'picture') return;
      assert.deepEqual(answer.shape, { height, width, channels });
      const theirs = Uint8Array.from(Buffer.from(pixels, 'base64'));
      assert.equal(answer.pixels.length, theirs.length);
      const most = answer.pixels.reduce(
        (worst, value, i) => Math.max(worst, Math.abs(value - theirs[i]!)),
        0,
      );
      assert.ok(most <= within, `off by ${most}`);
      const header = readHeader(path.join(folder, name));
      assert.deepEqual([header.height, header.width, header.isGrey], [height, width, channels === 1]);
    });
  }
});
