/** Batch normalization in pieces, and sums of vectors. */
import { describeSize, none, sizes, sum, table, type Case, type KernelBench, type Operand } from './bench';

function cases(
  kernel: Case['kernel'],
  titles: readonly string[],
  run: (bench: KernelBench, pixels: number, channels: number, variant: number) => void,
): Case[] {
  return sizes.flatMap((size) =>
    titles.map((title, variant) => ({
      kernel,
      title: `${describeSize(size)}${title}`,
      run: (bench: KernelBench) => run(bench, size.height * size.width, size.channels, variant),
    })),
  );
}

/** Sums over the pixels of each channel, two vectors, added to what is there. */
function channelSums(
  sums: Operand,
  pixels: number,
  channels: number,
  terms: readonly ((at: number, c: number) => number)[],
): number[] {
  return terms.flatMap((term, k) =>
    table(channels, (c) => sums.values[k * channels + c]! + sum(pixels, (n) => term(n * channels + c, c))),
  );
}

const chunks = 3;
const given = ['', ' without γ, β and weight'];

/** γ, β and a weight, or none of them. */
function affineOf(bench: KernelBench, channels: number, without: number) {
  const operands = without
    ? { gamma: none, beta: none, weight: none }
    : { gamma: bench.distinct(channels), beta: bench.distinct(channels), weight: bench.distinct(1) };
  return {
    operands,
    gamma: (c: number): number => (without ? 1 : operands.gamma.values[c]!),
    beta: (c: number): number => (without ? 0 : operands.beta.values[c]!),
    weight: without ? 1 : operands.weight.values[0]!,
  };
}

/** Over all chunks: entry `i` of tables of doubles. */
/** @param paired 1 where the vectors hold two images, whose entries are two apart */
function total(sums: Operand, i: number, paired = 0): number {
  const own = sum(chunks, (g) => sums.values[(g * sums.values.length) / chunks + i]!);
  return paired ? own + total(sums, i ^ 2) : own;
}

const sumCases: Case[] = [
  ...cases('statistics', ['', ', mean far from 0'], (bench, pixels, channels, far) => {
    const z = bench.distinct(pixels * channels);
    if (far) z.values.forEach((value, i) => (z.values[i] = 0.01 * value + 300));
    const sums = bench.doubles(2 * channels);
    const expected = channelSums(sums, pixels, channels, [(at) => z.values[at]!, (at) => z.values[at]! ** 2]);
    bench.check('statistics', { z, sums }, { pixels, channels }, { sums: expected });
    // What is left of Σ z² when n·mean² is taken away.
    for (let c = 0; far && c < channels; c++) {
      const added = (values: ArrayLike<number>, k: number): number => values[k * channels + c]!;
      const spread = (values: ArrayLike<number>): number => added(values, 1) - added(values, 0) ** 2 / pixels;
      const [actual, right] = [spread(sums.values), spread(expected)];
      if (Math.abs(actual - right) > 1e-3 * Math.max(1, Math.abs(right))) {
        throw new Error(`spread of channel ${c} is ${actual} instead of ${right}`);
      }
    }
  }),
  ...cases('products', [''], (bench, pixels, channels) => {
    const [g, z] = [bench.distinct(pixels * channels), bench.distinct(pixels * channels)];
    const [mean, sums] = [bench.distinct(channels), bench.doubles(2 * channels)];
    const terms = [
      (at: number) => g.values[at]!,
      (at: number, c: number) => g.values[at]! * (z.values[at]! - mean.values[c]!),
    ];
    const expected = channelSums(sums, pixels, channels, terms);
    bench.check('products', { g, z, mean, sums }, { pixels, channels }, { sums: expected });
  }),
  ...cases('maskedProducts', [''], (bench, pixels, channels) => {
    const [g, z] = [bench.distinct(pixels * channels), bench.distinct(pixels * channels)];
    const [mean, scale, shift] = [0, 1, 2].map(() => bench.distinct(channels)) as [Operand, Operand, Operand];
    const sums = bench.doubles(2 * channels);
    const open = table(pixels * channels, (at) => {
      const c = at % channels;
      return scale.values[c]! * z.values[at]! + shift.values[c]! > 0 ? g.values[at]! : 0;
    });
    const terms = [
      (at: number) => open[at]!,
      (at: number, c: number) => open[at]! * (z.values[at]! - mean.values[c]!),
    ];
    const expected = { g: open, sums: channelSums(sums, pixels, channels, terms) };
    bench.check('maskedProducts', { g, z, mean, scale, shift, sums }, { pixels, channels }, expected);
  }),
  ...cases('dot', [''], (bench, pixels, channels) => {
    const count = pixels * channels;
    const [g, x, result] = [bench.distinct(count), bench.distinct(count), bench.doubles(1)];
    const expected = result.values[0]! + sum(count, (i) => g.values[i]! * x.values[i]!);
    bench.check('dot', { g, x, sum: result }, { count }, { sum: [expected] });
  }),
  ...cases('sumDoubles', [''], (bench) => {
    const [doubles, y] = [bench.doubles(8 * chunks), bench.distinct(1)];
    bench.check('sumDoubles', { table: doubles, y }, { chunks }, { y: [total(doubles, 0)] });
  }),
  ...cases('sumChunks', [''], (bench, pixels, channels) => {
    const count = pixels * channels;
    const [x, y] = [bench.distinct(chunks * count), bench.distinct(count)];
    const expected = table(count, (i) => sum(chunks, (g) => x.values[g * count + i]!));
    bench.check('sumChunks', { x, y }, { chunks, count }, { y: expected });
  }),
];

const mapCases: Case[] = [
  ...cases('affine', [''], (bench, pixels, channels) => {
    const [z, y] = [bench.distinct(pixels * channels), bench.distinct(pixels * channels)];
    const [scale, shift] = [bench.distinct(channels), bench.distinct(channels)];
    const expected = table(pixels * channels, (at) => {
      return scale.values[at % channels]! * z.values[at]! + shift.values[at % channels]!;
    });
    bench.check('affine', { z, scale, shift, y }, { pixels, channels }, { y: expected });
  }),
  ...cases('scaledAdd', [''], (bench, pixels, channels) => {
    const [z, y] = [bench.distinct(pixels * channels), bench.distinct(pixels * channels)];
    const scale = bench.distinct(channels);
    const expected = table(pixels * channels, (at) => {
      return y.values[at]! + scale.values[at % channels]! * z.values[at]!;
    });
    bench.check('scaledAdd', { z, scale, y }, { pixels, channels }, { y: expected });
  }),
  ...cases('gatedAdd', [''], (bench, pixels, channels) => {
    const [z, y] = [bench.distinct(pixels * channels), bench.distinct(pixels * channels)];
    const [scale, shift, gate] = [bench.distinct(channels), bench.distinct(channels), bench.distinct(1)];
    const expected = table(pixels * channels, (at) => {
      const value = scale.values[at % channels]! * z.values[at]! + shift.values[at % channels]!;
      return y.values[at]! + gate.values[0]! * value;
    });
    bench.check('gatedAdd', { z, scale, shift, gate, y }, { pixels, channels }, { y: expected });
  }),
  ...cases('fill', [', no term', ', one term', ', three terms'], (bench, pixels, channels, variant) => {
    const terms = [0, 1, 3][variant]!;
    const [vectors, y] = [bench.distinct(terms * channels), bench.distinct(pixels * channels)];
    const expected = table(pixels * channels, (at) => {
      return sum(terms, (t) => vectors.values[t * channels + (at % channels)]!);
    });
    bench.check('fill', { vectors, y }, { terms, pixels, channels }, { y: expected });
  }),
  ...cases('add', [''], (bench, pixels, channels) => {
    const count = pixels * channels;
    const [x, y] = [bench.distinct(count), bench.distinct(count)];
    bench.check('add', { x, y }, { count }, { y: table(count, (i) => x.values[i]! + y.values[i]!) });
  }),
  ...cases('multipleAdd', [''], (bench, pixels, channels) => {
    const count = pixels * channels;
    const [x, factor, y] = [bench.distinct(count), bench.distinct(1), bench.distinct(count)];
    const expected = table(count, (i) => y.values[i]! + factor.values[0]! * x.values[i]!);
    bench.check('multipleAdd', { x, factor, y }, { count }, { y: expected });
  }),
  ...cases('multiple', [''], (bench, pixels, channels) => {
    const count = pixels * channels;
    const [x, factor, y] = [bench.distinct(count), bench.distinct(1), bench.distinct(count)];
    const expected = table(count, (i) => factor.values[0]! * x.values[i]!);
    bench.check('multiple', { x, factor, y }, { count }, { y: expected });
  }),
  ...cases('gradient', ['', ', added'], (bench, pixels, channels, accumulate) => {
    const [g, z, dz] = [0, 1, 2].map(() => bench.distinct(pixels * channels)) as [Operand, Operand, Operand];
    const k = bench.distinct(3 * channels);
    const expected = table(pixels * channels, (at) => {
      const [k0, k1, k2] = [0, 1, 2].map((i) => k.values[i * channels + (at % channels)]!) as [
        number,
        number,
        number,
      ];
      return accumulate * dz.values[at]! + k0 * g.values[at]! + k1 * z.values[at]! + k2;
    });
    bench.check('gradient', { g, z, k, dz }, { pixels, channels, accumulate }, { dz: expected });
  }),
];

const momentCases: Case[] = [
  ...cases('forwardMoments', ['', ' of pairs'], (bench, pixels, channels, paired) => {
    const count = pixels * chunks;
    const sums = bench.doubles(chunks * 2 * channels);
    // Sums of squares have to be larger than those of the values allow for.
    for (let g = 0; g < chunks; g++) {
      for (let c = 0; c < channels; c++) sums.values[(2 * g + 1) * channels + c]! += 4 * count;
    }
    const moments = bench.distinct(3 * channels);
    const of = (c: number) => {
      const mean = total(sums, c, paired) / count;
      return { mean, variance: total(sums, channels + c, paired) / count - mean ** 2 };
    };
    const expected = [
      ...table(channels, (c) => of(c).mean),
      ...table(channels, (c) => 1 / Math.sqrt(of(c).variance + 1e-5)),
      ...table(channels, (c) => (of(c).variance * count) / (count - 1)),
    ];
    bench.check(
      'forwardMoments',
      { sums, moments },
      { chunks, channels, count, paired },
      { moments: expected },
    );
  }),
  ...cases('foldAffine', given, (bench, _, channels, without) => {
    const { operands, gamma, beta, weight } = affineOf(bench, channels, without);
    const moments = bench.distinct(2 * channels);
    const [scale, shift] = [bench.distinct(channels), bench.distinct(channels)];
    const factor = (c: number): number => gamma(c) * moments.values[channels + c]!;
    const expected = {
      scale: table(channels, (c) => weight * factor(c)),
      shift: table(channels, (c) => weight * (beta(c) - factor(c) * moments.values[c]!)),
    };
    bench.check('foldAffine', { ...operands, moments, scale, shift }, { channels }, expected);
  }),
  ...cases('backwardMoments', [...given, ', sums of ẑ', ' of pairs'], (bench, pixels, channels, variant) => {
    const count = pixels * chunks;
    const [without, normalized, paired] = [1, 2, 3].map((special) => (variant === special ? 1 : 0)) as [
      number,
      number,
      number,
    ];
    const { operands, gamma, beta, weight } = affineOf(bench, channels, without);
    const [sums, moments] = [bench.doubles(chunks * 2 * channels), bench.distinct(2 * channels)];
    const inverse = (c: number): number => moments.values[channels + c]!;
    // What z, or ẑ in its place, is multiplied with and has for a mean.
    const unit = (c: number): number => (normalized ? 1 : inverse(c));
    const mean = (c: number): number => (normalized ? 0 : moments.values[c]!);
    const sumG = (c: number): number => total(sums, c, paired);
    const sumNormalized = (c: number): number => unit(c) * total(sums, channels + c, paired);
    const k0 = (c: number): number => weight * gamma(c) * inverse(c);
    const k1 = (c: number): number => (-k0(c) * unit(c) * sumNormalized(c)) / count;
    const gradients = without
      ? { dGamma: none, dBeta: none, dWeight: none }
      : { dGamma: bench.distinct(channels), dBeta: bench.distinct(channels), dWeight: bench.distinct(1) };
    const k = bench.distinct(3 * channels);
    const expected = {
      k: [
        ...table(channels, k0),
        ...table(channels, k1),
        ...table(channels, (c) => -k1(c) * mean(c) - (k0(c) * sumG(c)) / count),
      ],
      ...(without
        ? {}
        : {
            dGamma: table(channels, (c) => weight * sumNormalized(c)),
            dBeta: table(channels, (c) => weight * sumG(c)),
            dWeight: [sum(channels, (c) => gamma(c) * sumNormalized(c) + beta(c) * sumG(c)) / (1 + paired)],
          }),
    };
    const numbers = { chunks, channels, count, normalized, paired };
    bench.check('backwardMoments', { ...operands, ...gradients, sums, moments, k }, numbers, expected);
  }),
];

const matrixCases: Case[] = [
  ...cases('scaleColumns', [''], (bench, inputs, outputs) => {
    const [w, scale, y] = [
      bench.distinct(inputs * outputs),
      bench.distinct(outputs),
      bench.distinct(inputs * outputs),
    ];
    const expected = table(inputs * outputs, (at) => w.values[at]! * scale.values[at % outputs]!);
    bench.check('scaleColumns', { w, scale, y }, { inputs, outputs }, { y: expected });
  }),
  ...cases('transpose', [''], (bench, inputs, outputs) => {
    const [w, y] = [bench.distinct(inputs * outputs), bench.distinct(inputs * outputs)];
    const expected = table(inputs * outputs, (at) => {
      return w.values[(at % inputs) * outputs + Math.floor(at / inputs)]!;
    });
    bench.check('transpose', { w, y }, { inputs, outputs }, { y: expected });
  }),
  ...cases('turn', [''], (bench, taps, channels) => {
    const [w, y] = [bench.distinct(taps * channels), bench.distinct(taps * channels)];
    const expected = table(taps * channels, (at) => {
      const tap = taps - 1 - Math.floor(at / channels);
      return w.values[tap * channels + (at % channels)]!;
    });
    bench.check('turn', { w, y }, { taps, channels }, { y: expected });
  }),
];

export const normalizeCases: Case[] = [...sumCases, ...mapCases, ...momentCases, ...matrixCases];
