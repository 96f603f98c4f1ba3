/** Two images side by side. */
import { sizes, describeSize, type Case, type KernelBench, type Kernel } from './bench';

/** One case for each of a kernel's two ways and each number of pixels. */
function cases(
  kernel: Kernel,
  ways: readonly string[],
  run: (bench: KernelBench, pixels: number, way: number) => void,
): Case[] {
  return sizes.flatMap((size) =>
    ways.map((way, index) => ({
      kernel,
      title: `${kernel}${way} of ${describeSize({ ...size, channels: 4 })}`,
      run: (bench: KernelBench) => run(bench, size.height * size.width, index),
    })),
  );
}

function table(count: number, value: (index: number) => number): number[] {
  return Array.from({ length: count }, (_, index) => value(index));
}

/** Row and column of an entry of [rows, 4]. */
function entryOf(index: number): { row: number; column: number } {
  return { row: Math.floor(index / 4), column: index % 4 };
}

export const pairCases: readonly Case[] = [
  ...cases('pair', [''], (bench, pixels) => {
    const [x0, x1, y] = [bench.distinct(4 * pixels), bench.distinct(4 * pixels), bench.distinct(4 * pixels)];
    const expected = table(4 * pixels, (i) => {
      const { row, column } = entryOf(i);
      return (column < 2 ? x0 : x1).values[4 * row + (column % 2)]!;
    });
    bench.check('pair', { x0, x1, y }, { pixels }, { y: expected });
  }),
  ...cases('unpair', ['', ', added'], (bench, pixels, accumulate) => {
    const [x, y0, y1] = [bench.distinct(4 * pixels), bench.distinct(4 * pixels), bench.distinct(4 * pixels)];
    const of = (image: number, before: ArrayLike<number>): number[] =>
      table(4 * pixels, (i) => {
        const { row, column } = entryOf(i);
        const own = column < 2 ? x.values[4 * row + 2 * image + column]! : 0;
        return own + accumulate * before[i]!;
      });
    const expected = { y0: of(0, y0.values), y1: of(1, y1.values) };
    bench.check('unpair', { x, y0, y1 }, { pixels, accumulate }, expected);
  }),
  ...cases('pairWeights', [' of vectors', ' of a product'], (bench, pixels, product) => {
    const rows = 4 * pixels;
    const [w, y] = [bench.distinct(4 * rows), bench.distinct(4 * rows)];
    const expected = table(4 * rows, (i) => {
      const { row, column } = entryOf(i);
      if (!product) return w.values[4 * row + (column % 2)]!;
      const isSecond = row % 4 >= 2;
      if (column >= 2 !== isSecond) return 0;
      return w.values[4 * (isSecond ? row - 2 : row) + (column % 2)]!;
    });
    bench.check('pairWeights', { w, y }, { rows, product }, { y: expected });
  }),
  ...cases('unpairWeights', [' of vectors', ' of a product'], (bench, pixels, product) => {
    const rows = 4 * pixels;
    const [x, y] = [bench.distinct(4 * rows), bench.distinct(4 * rows)];
    const at = (row: number, column: number): number => x.values[4 * row + column]!;
    const expected = table(4 * rows, (i) => {
      const { row, column } = entryOf(i);
      if (column >= 2) return 0;
      if (!product) return at(row, column) + at(row, column + 2);
      return row % 4 < 2 ? at(row, column) + at(row + 2, column + 2) : 0;
    });
    bench.check('unpairWeights', { x, y }, { rows, product }, { y: expected });
  }),
];
