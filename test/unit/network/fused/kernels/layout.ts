/** Images moved between layouts. */
import {
  describeSize,
  Framed,
  from,
  pixelsOf,
  sizes,
  table,
  type Case,
  type KernelBench,
  type Size,
} from './bench';

function cases(
  kernel: Case['kernel'],
  titles: readonly string[],
  run: (bench: KernelBench, size: Size, variant: number) => void,
): Case[] {
  return sizes.flatMap((size) =>
    titles.map((title, variant) => ({
      kernel,
      title: `${describeSize(size)}${title}`,
      run: (bench: KernelBench) => run(bench, size, variant),
    })),
  );
}

function countOf({ height, width, channels }: Size): number {
  return height * width * channels;
}

/** Calls back for every value of an image with its position, that in a border and its channel. */
function each(size: Size, framed: Framed, visit: (flat: number, bordered: number, c: number) => void): void {
  const { width, channels } = size;
  for (const [i, j] of pixelsOf(size)) {
    for (let c = 0; c < channels; c++) visit((i * width + j) * channels + c, framed.at(i, j) + c, c);
  }
}

/** Every second pixel: what a stride of 2 reads of a bordered image. */
function eachSecond(size: Size, framed: Framed, visit: (flat: number, bordered: number) => void): void {
  for (const [i, j] of pixelsOf(size)) {
    for (let c = 0; c < size.channels; c++) {
      visit((i * size.width + j) * size.channels + c, framed.at(2 * i, 2 * j) + c);
    }
  }
}

/** Windows of a dense convolution, each as one row. */
function eachInWindow(
  size: Size,
  framed: Framed,
  { tall, wide, down, across }: (typeof windows)[number],
  visit: (column: number, bordered: number) => void,
): void {
  let column = 0;
  for (const [i, j] of pixelsOf(size)) {
    for (const [ky, kx] of pixelsOf({ height: tall, width: wide })) {
      for (let c = 0; c < size.channels; c++) visit(column++, framed.at(i * down + ky, j * across + kx) + c);
    }
  }
}

const windows = [
  { tall: 3, wide: 3, down: 1, across: 1 },
  { tall: 3, wide: 3, down: 2, across: 2 },
  { tall: 1, wide: 1, down: 2, across: 2 },
  { tall: 1, wide: 5, down: 1, across: 2 },
  { tall: 5, wide: 1, down: 2, across: 1 },
];
const windowTitles = windows.map(
  ({ tall, wide, down, across }) => `, ${tall}×${wide}, stride ${down}×${across}`,
);

/** A source that is large enough for the windows of an output. */
function under(size: Size, side: number, stride: number): Framed {
  return new Framed({ ...size, height: size.height * stride + side, width: size.width * stride + side }, 0);
}

export const layoutCases: Case[] = [
  ...cases('pad', ['', ', ReLU'], (bench, size, relu) => {
    const framed = new Framed(size, 2);
    const x = bench.distinct(countOf(size));
    const y = bench.distinct(framed.count);
    const expected = [...y.values];
    each(size, framed, (at, to) => (expected[to] = relu ? Math.max(0, x.values[at]!) : x.values[at]!));
    const operands = { x, y: from(y, framed.at(0, 0)) };
    bench.check('pad', operands, { ...size, yRow: 4 * framed.row, relu }, { y: expected });
  }),
  ...cases('padNormalized', ['', ', ReLU'], (bench, size, relu) => {
    const framed = new Framed(size, 1);
    const z = bench.distinct(countOf(size));
    const scale = bench.distinct(size.channels);
    const shift = bench.distinct(size.channels);
    const y = bench.distinct(framed.count);
    const expected = [...y.values];
    each(size, framed, (at, to, c) => {
      const value = scale.values[c]! * z.values[at]! + shift.values[c]!;
      expected[to] = relu ? Math.max(0, value) : value;
    });
    const operands = { z, scale, shift, y: from(y, framed.at(0, 0)) };
    bench.check('padNormalized', operands, { ...size, yRow: 4 * framed.row, relu }, { y: expected });
  }),
  ...cases('addInside', ['', ', masked'], (bench, size, masked) => {
    const framed = new Framed(size, 1);
    const g = bench.distinct(framed.count);
    const x = bench.distinct(countOf(size));
    const dx = bench.distinct(countOf(size));
    x.values[0] = 0;
    const expected = [...dx.values];
    each(size, framed, (at, source) => {
      if (!masked || x.values[at]! > 0) expected[at]! += g.values[source]!;
    });
    const operands = { g: from(g, framed.at(0, 0)), x, dx };
    bench.check('addInside', operands, { ...size, gRow: 4 * framed.row, masked }, { dx: expected });
  }),
  ...cases('clear', [''], (bench, size) => {
    const x = bench.floats(countOf(size));
    bench.check('clear', { x }, { bytes: 4 * countOf(size) }, { x: table(countOf(size), () => 0) });
  }),
  ...cases('subsample', [''], (bench, size) => {
    const source = under(size, 1, 2);
    const x = bench.distinct(source.count);
    const y = bench.distinct(countOf(size));
    const expected: number[] = [];
    eachSecond(size, source, (to, at) => (expected[to] = x.values[at]!));
    bench.check('subsample', { x, y }, { ...size, xRow: 4 * source.row }, { y: expected });
  }),
  ...cases('subsampleAdd', [''], (bench, size) => {
    const source = under(size, 1, 2);
    const dy = bench.distinct(countOf(size));
    const dx = bench.distinct(source.count);
    const expected = [...dx.values];
    eachSecond(size, source, (at, to) => (expected[to]! += dy.values[at]!));
    bench.check('subsampleAdd', { dy, dx }, { ...size, xRow: 4 * source.row }, { dx: expected });
  }),
  ...cases('columns', windowTitles, (bench, size, variant) => {
    const window = windows[variant]!;
    const source = under(size, Math.max(window.tall, window.wide), Math.max(window.down, window.across));
    const x = bench.distinct(source.count);
    const y = bench.distinct(countOf(size) * window.tall * window.wide);
    const expected: number[] = [];
    eachInWindow(size, source, window, (to, at) => (expected[to] = x.values[at]!));
    const numbers = { ...size, ...window, xRow: 4 * source.row };
    bench.check('columns', { x, y }, numbers, { y: expected });
  }),
  ...cases('columnsAdd', windowTitles, (bench, size, variant) => {
    const window = windows[variant]!;
    const source = under(size, Math.max(window.tall, window.wide), Math.max(window.down, window.across));
    const dy = bench.distinct(countOf(size) * window.tall * window.wide);
    const dx = bench.distinct(source.count);
    const expected = [...dx.values];
    eachInWindow(size, source, window, (at, to) => (expected[to]! += dy.values[at]!));
    const numbers = { ...size, ...window, xRow: 4 * source.row };
    bench.check('columnsAdd', { dy, dx }, numbers, { dx: expected });
  }),
  ...cases('moveChannels', [''], (bench, { height, width }) => {
    const [pixels, xChannels, yChannels] = [height * width, 7, 5];
    const pairs = [
      [6, 0],
      [2, 3],
      [0, 4],
    ] as const;
    const x = bench.distinct(pixels * xChannels);
    const y = bench.distinct(pixels * yChannels);
    const expected = [...y.values];
    for (let n = 0; n < pixels; n++) {
      for (const [source, target] of pairs) {
        expected[n * yChannels + target] = x.values[n * xChannels + source]!;
      }
    }
    const numbers = { pixels, xChannels, yChannels, count: pairs.length };
    bench.check('moveChannels', { x, y, table: bench.integers(pairs.flat()) }, numbers, { y: expected });
  }),
];
