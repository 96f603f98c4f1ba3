/** Genotype files for the tests of code generation. */
import { dartsV2, pcDartsCifar } from '../../support/genotypes';
import type { CellPairGenotype } from '../../../src/space/cell/genotype';
import type { Skeleton } from '../../../src/space/frame';
import type { FileOf, GenotypeFile } from '../../../src/space/genotype';

const cifar: Skeleton = {
  cells: 20,
  channels: 36,
  stemMultiplier: 3,
  input: { height: 32, width: 32, channels: 3 },
  classes: 10,
};

export const small: Skeleton = {
  cells: 3,
  channels: 4,
  stemMultiplier: 3,
  input: { height: 9, width: 8, channels: 2 },
  classes: 5,
};

const origin: GenotypeFile['origin'] = {
  name: 'tiny',
  runId: '2026-01-02-tiny',
  strategy: 'darts',
  data: 'digits',
  seed: 3,
  epoch: 20,
  unit: 'epoch',
  engine: 'fused engine 0.1.0, WebAssembly SIMD with fused multiply–add, 2 threads',
  createdAt: '2026-01-02T03:04:05.000Z',
  tool: 'NAS Workbench 0.1.0',
};

export function genotypeFile(
  genotype: CellPairGenotype,
  network: Skeleton = small,
  more: Partial<Omit<FileOf<'cell'>, 'origin'>> & { origin?: Partial<GenotypeFile['origin']> } = {},
): FileOf<'cell'> {
  return {
    format: 'nas-workbench/genotype',
    version: 1,
    genotype,
    network,
    ...more,
    origin: { ...origin, ...more.origin },
  };
}

/** DARTS's second-order cells as in its paper, with all that a file can say about the data. */
export const cifarFile = genotypeFile(dartsV2, cifar, {
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  normalization: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] },
  origin: { name: 'CIFAR-10 second order', runId: '2026-01-02-cifar10', data: 'cifar10', seed: 2, epoch: 50 },
});

/** PC-DARTS's cells in a small network for grey images, with nothing known about the data. */
export const digitsFile = genotypeFile(pcDartsCifar, {
  cells: 8,
  channels: 16,
  stemMultiplier: 1,
  input: { height: 28, width: 28, channels: 1 },
  classes: 10,
});

/** The network of the paper for any cells. */
export function paperFile(name: string, genotype: CellPairGenotype): FileOf<'cell'> {
  return genotypeFile(genotype, cifar, { origin: { name } });
}

/** Text that tries to get out of comments and string literals. */
export const hostileTexts = [
  '*/ globalThis.pwned = 1; /*',
  '"""\nimport os; pwned = 1\n"""',
  "''' + pwned + '''",
  '\\',
  'line\r\nbreak\u2028and\u2029more\u0085',
  '${pwned} `pwned` {pwned} %s \\N{BULLET} \\x \\u',
  '\u202Eright to left\u202C \u0000 \uD800 \u{1F469}\u200D\u{1F52C}',
  '"',
  "it's",
  '',
  '// pwned\n#pwned',
  '"""""""',
  '</script><!-- --> @pwned',
];

export const hostileFile = genotypeFile(
  dartsV2,
  { ...small, classes: hostileTexts.length },
  {
    classNames: hostileTexts,
    origin: {
      name: hostileTexts.join(' ').slice(0, 40),
      runId: hostileTexts[1],
      strategy: hostileTexts[3],
      data: hostileTexts[5],
      createdAt: hostileTexts[6],
      tool: `${hostileTexts[0]}${hostileTexts[11]}\\`,
    },
  },
);
