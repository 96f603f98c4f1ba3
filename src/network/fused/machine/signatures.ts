/**
 * The instructions of the kernel machine, declared once: what each takes, by the names of its kernel's parameters and in their
 * order. All else follows: how programs call kernels by name (`call`), their numbers in programs (`opcodeOf`), and the
 * machine's dispatch (`kernels/dispatch.ts`, which the build writes from here).
 */
import type { Place } from './place';

/** The words of a text. */
type Words<T extends string> = T extends `${infer First} ${infer Rest}` ? First | Words<Rest> : T;

interface Signature<Operands extends string = string, Numbers extends string = string> {
  /** Places in memory. */
  readonly operands: readonly Operands[];
  /** Plain numbers, behind the operands; those whose name ends in "?" are flags. */
  readonly numbers: readonly Numbers[];
}

function of<O extends string, N extends string>(operands: O, numbers: N): Signature<Words<O>, Words<N>> {
  return { operands: operands.split(' ') as Words<O>[], numbers: numbers.split(' ') as Words<N>[] };
}

export const signatures = {
  pointwise: of('x w y', 'pixels inputs outputs accumulate?'),
  pointwiseFilterGradient: of('x dy dw', 'pixels inputs outputs'),
  depthwise: of('x w y', 'height width channels size stride dilation xRow yRow accumulate?'),
  depthwiseFilterGradient: of('x dy dw', 'height width channels size stride dilation xRow'),
  depthwiseScatter: of('dx w dy', 'height width channels size stride dilation xRow'),
  statistics: of('z sums', 'pixels channels'),
  products: of('g z mean sums', 'pixels channels'),
  maskedProducts: of('g z mean scale shift sums', 'pixels channels'),
  affine: of('z scale shift y', 'pixels channels'),
  scaledAdd: of('z scale y', 'pixels channels'),
  gatedAdd: of('z scale shift gate y', 'pixels channels'),
  fill: of('vectors y', 'terms pixels channels'),
  add: of('x y', 'count'),
  multipleAdd: of('x factor y', 'count'),
  multiple: of('x factor y', 'count'),
  dot: of('g x sum', 'count'),
  gradient: of('g z k dz', 'pixels channels accumulate?'),
  forwardMoments: of('sums moments', 'chunks channels count paired?'),
  foldAffine: of('moments gamma beta weight scale shift', 'channels'),
  backwardMoments: of(
    'sums moments gamma beta weight k dGamma dBeta dWeight',
    'chunks channels count normalized? paired?',
  ),
  sumDoubles: of('table y', 'chunks'),
  sumChunks: of('x y', 'chunks count'),
  scaleColumns: of('w scale y', 'inputs outputs'),
  transpose: of('w y', 'inputs outputs'),
  turn: of('w y', 'taps channels'),
  maxPool: of('x y', 'height width channels rows columns size stride border'),
  maxPoolGradient: of('x y dy dx', 'height width channels rows columns size stride border'),
  avgPool: of('x y', 'height width channels rows columns size stride border'),
  avgPoolGradient: of('dy dx', 'height width channels rows columns size stride border'),
  pad: of('x y', 'height width channels yRow relu?'),
  padNormalized: of('z scale shift y', 'height width channels yRow relu?'),
  addInside: of('g x dx', 'height width channels gRow masked?'),
  clear: of('x', 'bytes'),
  subsample: of('x y', 'height width channels xRow'),
  subsampleAdd: of('dy dx', 'height width channels xRow'),
  columns: of('x y', 'height width channels tall wide down across xRow'),
  columnsAdd: of('dy dx', 'height width channels tall wide down across xRow'),
  moveChannels: of('x y table', 'pixels xChannels yChannels count'),
  pair: of('x0 x1 y', 'pixels'),
  unpair: of('x y0 y1', 'pixels accumulate?'),
  pairWeights: of('w y', 'rows product?'),
  unpairWeights: of('x y', 'rows product?'),
  poolFeatures: of('x features', 'pixels channels'),
  poolFeaturesGradient: of('dFeatures dx', 'pixels channels'),
  classify: of('features w b label score logits dLogits', 'inputs classes'),
  classifierFilterGradient: of('features dLogits dw db', 'inputs classes'),
  classifierInputGradient: of('w dLogits dFeatures', 'inputs classes'),
};

export type KernelName = keyof typeof signatures;

export const kernelNames = Object.keys(signatures) as KernelName[];

/** An instruction's number in programs: its place in the declaration. */
export function opcodeOf(name: KernelName): number {
  return kernelNames.indexOf(name);
}

type OperandsOf<K extends KernelName> = (typeof signatures)[K]['operands'][number];
type NumbersOf<K extends KernelName> = (typeof signatures)[K]['numbers'][number];

/** What a kernel is called with: a place for every operand, a number for every number, a boolean for every flag. */
export type Arguments<K extends KernelName> = Readonly<
  Record<OperandsOf<K>, Place> & {
    [N in NumbersOf<K> as N extends `${infer Flag}?` ? Flag : N]: N extends `${string}?` ? boolean : number;
  }
>;

/** One call of a kernel, its arguments in the order in which programs have them. */
export interface Call {
  readonly kernel: KernelName;
  readonly operands: readonly Place[];
  readonly numbers: readonly number[];
}

export function call<K extends KernelName>(kernel: K, given: Arguments<K>): Call {
  const { operands, numbers }: Signature = signatures[kernel];
  const all = given as Readonly<Record<string, Place | number | boolean>>;
  return {
    kernel,
    operands: operands.map((name) => all[name] as Place),
    numbers: numbers.map((name) => Number(all[name.replace('?', '')])),
  };
}
