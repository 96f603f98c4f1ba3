/** Pooling of features, classifier and loss. */
import { describeSize, sizes, sum, table, type Case, type KernelBench } from './bench';

const heads = [
  { inputs: 4, classes: 2 },
  { inputs: 20, classes: 10 },
  { inputs: 12, classes: 7 },
];

function ofHeads(
  kernel: Case['kernel'],
  run: (bench: KernelBench, inputs: number, classes: number) => void,
): Case[] {
  return heads.map(({ inputs, classes }) => ({
    kernel,
    title: `${inputs} features, ${classes} classes`,
    run: (bench: KernelBench) => run(bench, inputs, classes),
  }));
}

function ofSizes(
  kernel: Case['kernel'],
  run: (bench: KernelBench, pixels: number, channels: number) => void,
): Case[] {
  return sizes.map((size) => ({
    kernel,
    title: describeSize(size),
    run: (bench: KernelBench) => run(bench, size.height * size.width, size.channels),
  }));
}

/** A float as the integer of the same bits. */
const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;

export const classifierCases: Case[] = [
  ...ofSizes('poolFeatures', (bench, pixels, channels) => {
    const x = bench.distinct(pixels * channels);
    const features = bench.distinct(channels);
    const means = table(channels, (c) => sum(pixels, (n) => x.values[n * channels + c]!) / pixels);
    bench.check('poolFeatures', { x, features }, { pixels, channels }, { features: means });
  }),
  ...ofSizes('poolFeaturesGradient', (bench, pixels, channels) => {
    const dFeatures = bench.distinct(channels);
    const dx = bench.distinct(pixels * channels);
    const shares = table(pixels * channels, (at) => dFeatures.values[at % channels]! / pixels);
    bench.check('poolFeaturesGradient', { dFeatures, dx }, { pixels, channels }, { dx: shares });
  }),
  // Of one class alone, and three quarters of it with one quarter of the class behind it; an eighth of that smoothed.
  ...[
    [1, 0],
    [0.75, 0],
    [0.75, 0.125],
  ].flatMap(([share = 1, smoothing = 0]) =>
    [0, 1].flatMap((wrong) =>
      ofHeads('classify', (bench, inputs, classes) => {
        const [features, w, b] = [
          bench.floats(inputs),
          bench.floats(inputs * classes),
          bench.floats(classes),
        ];
        // Logits that no exponential of their own would hold, and that a float holds exactly.
        b.values[0] = 1000;
        b.values[1] = 999;
        const logits = table(
          classes,
          (k) => b.values[k]! + sum(inputs, (i) => features.values[i]! * w.values[i * classes + k]!),
        );
        const best = Math.max(...logits);
        const winner = logits.indexOf(best);
        const right = (winner + wrong) % classes;
        const other = share < 1 ? (right + 1) % classes : right;
        const partition = sum(classes, (k) => Math.exp(logits[k]! - best));
        const target = table(classes, (k) => {
          const own = (k === right ? share : 0) + (k === other ? 1 - share : 0);
          return (1 - smoothing) * own + smoothing / classes;
        });
        const loss = Math.log(partition) + best - sum(classes, (k) => target[k]! * logits[k]!);
        // An image whose weight is not that of the others has a divisor that is no number of images.
        const divisor = 3.25;
        const gradient = logits.map(
          (logit, k) => (Math.exp(logit - best) / partition - target[k]!) / divisor,
        );
        const operands = {
          ...{ features, w, b },
          label: bench.integers([right, bitsOf(divisor), other, bitsOf(share), bitsOf(smoothing)]),
          score: bench.distinct(2),
          logits: bench.distinct(classes),
          dLogits: bench.distinct(classes),
        };
        const expected = { score: [loss, winner], logits, dLogits: gradient };
        bench.check('classify', operands, { inputs, classes }, expected);
      }).map((test) => ({
        ...test,
        title: `${test.title}, ${wrong ? 'wrong' : 'right'}${share < 1 ? ', mixed' : ''}${smoothing > 0 ? ', smoothed' : ''}`,
      })),
    ),
  ),
  ...ofHeads('classifierFilterGradient', (bench, inputs, classes) => {
    const [features, dLogits] = [bench.distinct(inputs), bench.distinct(classes)];
    const [dw, db] = [bench.distinct(inputs * classes), bench.distinct(classes)];
    const expected = {
      dw: table(inputs * classes, (at) => {
        const product = features.values[Math.floor(at / classes)]! * dLogits.values[at % classes]!;
        return dw.values[at]! + product;
      }),
      db: table(classes, (k) => db.values[k]! + dLogits.values[k]!),
    };
    bench.check('classifierFilterGradient', { features, dLogits, dw, db }, { inputs, classes }, expected);
  }),
  ...ofHeads('classifierInputGradient', (bench, inputs, classes) => {
    const [w, dLogits] = [bench.distinct(inputs * classes), bench.distinct(classes)];
    const dFeatures = bench.distinct(inputs);
    const expected = table(inputs, (i) =>
      sum(classes, (k) => w.values[i * classes + k]! * dLogits.values[k]!),
    );
    bench.check(
      'classifierInputGradient',
      { w, dLogits, dFeatures },
      { inputs, classes },
      { dFeatures: expected },
    );
  }),
];
