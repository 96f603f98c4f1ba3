/** Products over channels. */
import { describeSize, sizes, sum, table, type Case, type KernelBench } from './bench';

const outputCounts = [4, 8, 20];

function cases(title: string, run: (bench: KernelBench, n: number, i: number, o: number) => void) {
  return sizes.flatMap((size) =>
    outputCounts.map((outputs) => ({
      title: `${describeSize(size)} to ${outputs}${title}`,
      run: (bench: KernelBench) => run(bench, size.height * size.width, size.channels, outputs),
    })),
  );
}

export const pointwiseCases: Case[] = [
  ...[0, 1].flatMap((accumulate) =>
    cases(accumulate ? ', added' : '', (bench, pixels, inputs, outputs) => {
      const x = bench.distinct(pixels * inputs);
      const w = bench.distinct(inputs * outputs);
      const y = bench.distinct(pixels * outputs);
      const product = table(pixels * outputs, (at) => {
        const [n, o] = [Math.floor(at / outputs), at % outputs];
        const start = accumulate * y.values[at]!;
        return start + sum(inputs, (i) => x.values[n * inputs + i]! * w.values[i * outputs + o]!);
      });
      bench.check('pointwise', { x, w, y }, { pixels, inputs, outputs, accumulate }, { y: product });
    }).map((test): Case => ({ kernel: 'pointwise', ...test })),
  ),
  ...cases('', (bench, pixels, inputs, outputs) => {
    const x = bench.distinct(pixels * inputs);
    const dy = bench.distinct(pixels * outputs);
    const dw = bench.distinct(inputs * outputs);
    const gradient = table(inputs * outputs, (at) => {
      const [i, o] = [Math.floor(at / outputs), at % outputs];
      return dw.values[at]! + sum(pixels, (n) => x.values[n * inputs + i]! * dy.values[n * outputs + o]!);
    });
    bench.check('pointwiseFilterGradient', { x, dy, dw }, { pixels, inputs, outputs }, { dw: gradient });
  }).map((test): Case => ({ kernel: 'pointwiseFilterGradient', ...test })),
];
