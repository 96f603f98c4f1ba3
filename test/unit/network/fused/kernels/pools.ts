/** Pools, whose windows end at the image's sides. */
import { describeSize, pixelsOf, sizes, type Case, type KernelBench, type Size } from './bench';

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly border: number;
}

const windows: readonly Window[] = [
  { size: 3, stride: 1, border: 1 },
  { size: 3, stride: 2, border: 1 },
  { size: 2, stride: 2, border: 0 },
];

/** An image under windows. */
class Setting {
  readonly rows: number;
  readonly columns: number;

  constructor(
    readonly input: Size,
    readonly window: Window,
  ) {
    const outputs = (side: number): number =>
      Math.ceil((side + 2 * window.border - window.size + 1) / window.stride);
    this.rows = Math.max(1, outputs(input.height));
    this.columns = Math.max(1, outputs(input.width));
  }

  get numbers() {
    return { ...this.input, ...this.window, rows: this.rows, columns: this.columns };
  }

  get inputs(): number {
    return this.input.height * this.input.width * this.input.channels;
  }

  get outputs(): number {
    return this.rows * this.columns * this.input.channels;
  }

  /** Calls back for every output with the positions in its window, row by row. */
  each(visit: (output: number, inputs: readonly number[]) => void): void {
    const { height, width, channels } = this.input;
    const { size, stride, border } = this.window;
    for (const [i, j] of pixelsOf({ height: this.rows, width: this.columns })) {
      const inside = [...pixelsOf({ height: size, width: size })]
        .map(([y, x]) => [i * stride - border + y, j * stride - border + x] as const)
        .filter(([y, x]) => y >= 0 && y < height && x >= 0 && x < width);
      for (let c = 0; c < channels; c++) {
        const inputs = inside.map(([y, x]) => (y * width + x) * channels + c);
        visit((i * this.columns + j) * channels + c, inputs);
      }
    }
  }
}

function cases(kernel: Case['kernel'], run: (bench: KernelBench, setting: Setting) => void): Case[] {
  return sizes.flatMap((input) =>
    windows.map((window) => ({
      kernel,
      title: `${describeSize(input)}, ${window.size}×${window.size}, stride ${window.stride}`,
      run: (bench: KernelBench) => run(bench, new Setting(input, window)),
    })),
  );
}

function maxima(setting: Setting, x: ArrayLike<number>): number[] {
  const result: number[] = [];
  setting.each((output, inputs) => (result[output] = Math.max(...inputs.map((at) => x[at]!))));
  return result;
}

export const poolCases: Case[] = [
  ...cases('maxPool', (bench, setting) => {
    const x = bench.floats(setting.inputs);
    const y = bench.floats(setting.outputs);
    bench.check('maxPool', { x, y }, setting.numbers, { y: maxima(setting, x.values) });
  }),
  ...cases('maxPoolGradient', (bench, setting) => {
    const x = bench.floats(setting.inputs);
    const y = bench.floats(setting.outputs);
    y.values.set(maxima(setting, x.values));
    const dy = bench.distinct(setting.outputs);
    const dx = bench.distinct(setting.inputs);
    const expected = [...dx.values];
    setting.each((output, inputs) => {
      const first = inputs.find((at) => x.values[at] === y.values[output])!;
      expected[first]! += dy.values[output]!;
    });
    bench.check('maxPoolGradient', { x, y, dy, dx }, setting.numbers, { dx: expected });
  }),
  ...cases('avgPool', (bench, setting) => {
    const x = bench.distinct(setting.inputs);
    const y = bench.distinct(setting.outputs);
    const expected: number[] = [];
    setting.each((output, inputs) => {
      expected[output] = inputs.reduce((total, at) => total + x.values[at]!, 0) / inputs.length;
    });
    bench.check('avgPool', { x, y }, setting.numbers, { y: expected });
  }),
  ...cases('avgPoolGradient', (bench, setting) => {
    const dy = bench.distinct(setting.outputs);
    const dx = bench.distinct(setting.inputs);
    const expected = [...dx.values];
    setting.each((output, inputs) => {
      for (const at of inputs) expected[at]! += dy.values[output]! / inputs.length;
    });
    bench.check('avgPoolGradient', { dy, dx }, setting.numbers, { dx: expected });
  }),
];
