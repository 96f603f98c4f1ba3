/** Which kernel an instruction calls. Written by the build from src/network/fused/machine/signatures.ts. */
import * as kernels from './kernels';
import { number, place } from './operands';

export function execute(at: usize): void {
  switch (load<i32>(at)) {
    case 0:
      return kernels.pointwise(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6) != 0,
      );
    case 1:
      return kernels.pointwiseFilterGradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 2:
      return kernels.depthwise(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
        number(at, 10),
        number(at, 11) != 0,
      );
    case 3:
      return kernels.depthwiseFilterGradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 4:
      return kernels.depthwiseScatter(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 5:
      return kernels.statistics(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 6:
      return kernels.products(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 7:
      return kernels.maskedProducts(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        place(at, 4),
        place(at, 5),
        number(at, 6),
        number(at, 7),
      );
    case 8:
      return kernels.affine(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 9:
      return kernels.scaledAdd(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
      );
    case 10:
      return kernels.gatedAdd(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        place(at, 4),
        number(at, 5),
        number(at, 6),
      );
    case 11:
      return kernels.fill(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
      );
    case 12:
      return kernels.add(
        place(at, 0),
        place(at, 1),
        number(at, 2),
      );
    case 13:
      return kernels.multipleAdd(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
      );
    case 14:
      return kernels.multiple(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
      );
    case 15:
      return kernels.dot(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
      );
    case 16:
      return kernels.gradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6) != 0,
      );
    case 17:
      return kernels.forwardMoments(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5) != 0,
      );
    case 18:
      return kernels.foldAffine(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        place(at, 4),
        place(at, 5),
        number(at, 6),
      );
    case 19:
      return kernels.backwardMoments(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        place(at, 4),
        place(at, 5),
        place(at, 6),
        place(at, 7),
        place(at, 8),
        number(at, 9),
        number(at, 10),
        number(at, 11),
        number(at, 12) != 0,
        number(at, 13) != 0,
      );
    case 20:
      return kernels.sumDoubles(
        place(at, 0),
        place(at, 1),
        number(at, 2),
      );
    case 21:
      return kernels.sumChunks(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 22:
      return kernels.scaleColumns(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
      );
    case 23:
      return kernels.transpose(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 24:
      return kernels.turn(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 25:
      return kernels.maxPool(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 26:
      return kernels.maxPoolGradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
        number(at, 10),
        number(at, 11),
      );
    case 27:
      return kernels.avgPool(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 28:
      return kernels.avgPoolGradient(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 29:
      return kernels.pad(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6) != 0,
      );
    case 30:
      return kernels.padNormalized(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8) != 0,
      );
    case 31:
      return kernels.addInside(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7) != 0,
      );
    case 32:
      return kernels.clear(
        place(at, 0),
        number(at, 1),
      );
    case 33:
      return kernels.subsample(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 34:
      return kernels.subsampleAdd(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 35:
      return kernels.columns(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 36:
      return kernels.columnsAdd(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
        number(at, 7),
        number(at, 8),
        number(at, 9),
      );
    case 37:
      return kernels.moveChannels(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
        number(at, 5),
        number(at, 6),
      );
    case 38:
      return kernels.pair(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
      );
    case 39:
      return kernels.unpair(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4) != 0,
      );
    case 40:
      return kernels.pairWeights(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3) != 0,
      );
    case 41:
      return kernels.unpairWeights(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3) != 0,
      );
    case 42:
      return kernels.poolFeatures(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 43:
      return kernels.poolFeaturesGradient(
        place(at, 0),
        place(at, 1),
        number(at, 2),
        number(at, 3),
      );
    case 44:
      return kernels.classify(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        place(at, 4),
        place(at, 5),
        place(at, 6),
        number(at, 7),
        number(at, 8),
      );
    case 45:
      return kernels.classifierFilterGradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        place(at, 3),
        number(at, 4),
        number(at, 5),
      );
    case 46:
      return kernels.classifierInputGradient(
        place(at, 0),
        place(at, 1),
        place(at, 2),
        number(at, 3),
        number(at, 4),
      );
    default:
      unreachable();
  }
}
