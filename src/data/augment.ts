/** Random changes to training images: shifted crops, mirroring (He et al., 2016) and cutout (DeVries & Taylor, 2017). */
import type { Random } from '../random';

export interface Augmentation {
  /** Pixels of black margin out of which the image is cropped again. 0: none. */
  readonly crop: number;
  /** Mirror half of the images left to right. */
  readonly flip: boolean;
  /** Side of a square that is set to the mean. 0: none. */
  readonly cutout: number;
}

/** What happens to one image. */
export interface Transform {
  /** Rows and columns by which the image moves up and left. */
  readonly shiftY: number;
  readonly shiftX: number;
  readonly flip: boolean;
  /** Rows top … bottom − 1 and columns left … right − 1 of the result are set to the mean. */
  readonly cut: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
}

export const identity: Transform = {
  shiftY: 0,
  shiftX: 0,
  flip: false,
  cut: { top: 0, bottom: 0, left: 0, right: 0 },
};

/** Rows or columns of a cutout around a centre, within the image. */
function cutSpan(centre: number, length: number, size: number): [number, number] {
  const start = centre - Math.floor(length / 2);
  return [Math.max(0, start), Math.min(size, start + length)];
}

/** Draws the transform of one image. Only what is switched on takes random numbers. */
export function drawTransform(
  { crop, flip, cutout }: Augmentation,
  height: number,
  width: number,
  random: Random,
): Transform {
  const shift = () => (crop > 0 ? random.integer(2 * crop + 1) - crop : 0);
  const [shiftY, shiftX] = [shift(), shift()];
  const mirrored = flip && random.uniform() < 0.5;
  if (cutout === 0) return { ...identity, shiftY, shiftX, flip: mirrored };
  const [top, bottom] = cutSpan(random.integer(height), cutout, height);
  const [left, right] = cutSpan(random.integer(width), cutout, width);
  return { shiftY, shiftX, flip: mirrored, cut: { top, bottom, left, right } };
}
