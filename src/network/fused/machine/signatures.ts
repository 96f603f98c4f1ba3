/** What follows the header of each instruction (`kernels/machine.ts`), in the order of the parameters of its kernel. */
import type { Opcode } from '../../../../kernels/opcodes';

export interface Signature {
  /** Places in memory. */
  readonly operands: readonly string[];
  /** Plain numbers, behind the operands. */
  readonly numbers: readonly string[];
}

function of(operands: string, numbers: string): Signature {
  return { operands: operands.split(' '), numbers: numbers.split(' ') };
}

export const signatures: Readonly<Record<keyof typeof Opcode, Signature>> = {
  pointwise: of('x w y', 'pixels inputs outputs accumulate'),
  pointwiseFilterGradient: of('x dy dw', 'pixels inputs outputs'),
  depthwise: of('x w y', 'height width channels size stride dilation xRow yRow accumulate'),
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
  gradient: of('g z k dz', 'pixels channels accumulate'),
  forwardMoments: of('sums moments', 'chunks channels count paired'),
  foldAffine: of('moments gamma beta weight scale shift', 'channels'),
  backwardMoments: of(
    'sums moments gamma beta weight k dGamma dBeta dWeight',
    'chunks channels count normalized paired',
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
  pad: of('x y', 'height width channels yRow relu'),
  padNormalized: of('z scale shift y', 'height width channels yRow relu'),
  addInside: of('g x dx', 'height width channels gRow masked'),
  clear: of('x', 'bytes'),
  subsample: of('x y', 'height width channels xRow'),
  subsampleAdd: of('dy dx', 'height width channels xRow'),
  columns: of('x y', 'height width channels tall wide down across xRow'),
  columnsAdd: of('dy dx', 'height width channels tall wide down across xRow'),
  moveChannels: of('x y table', 'pixels xChannels yChannels count'),
  pair: of('x0 x1 y', 'pixels'),
  unpair: of('x y0 y1', 'pixels accumulate'),
  pairWeights: of('w y', 'rows product'),
  unpairWeights: of('x y', 'rows product'),
  poolFeatures: of('x features', 'pixels channels'),
  poolFeaturesGradient: of('dFeatures dx', 'pixels channels'),
  classify: of('features w b label score logits dLogits', 'inputs classes batch'),
  classifierFilterGradient: of('features dLogits dw db', 'inputs classes'),
  classifierInputGradient: of('w dLogits dFeatures', 'inputs classes'),
};
