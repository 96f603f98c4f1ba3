/**
 * Random changes to training images: shifted crops, mirroring (He et al., 2016), cutout (DeVries & Taylor, 2017), small turns,
 * scales, brightness and contrast, and RandAugment (Cubuk et al., 2020).
 */
import type { Random } from '../random';
import { shear, shift, turn, type PixelOperation, type Pixels } from './pixelOperations';

/** How strongly RandAugment changes images. */
export const autoAugmentations = [
  { name: 'none', description: 'Not at all.' },
  {
    name: 'light',
    description: 'One operation of its fourteen, at 5 of 30: for small images and short trainings.',
  },
  { name: 'strong', description: 'Two operations, at 9 of 30, as torchvision has it.' },
] as const;
export type AutoAugmentation = (typeof autoAugmentations)[number]['name'];

export interface Augmentation {
  /** Pixels of black margin out of which the image is cropped again. 0: none. */
  readonly crop: number;
  /** Mirror half of the images left to right. */
  readonly flip: boolean;
  /** Side of a square that is set to the mean. 0: none. */
  readonly cutout: number;
  /** Largest angle by which images are turned to either side, degrees. */
  readonly rotate: number;
  /** Images are enlarged by factors from 1/(1 + scale) to 1 + scale, uniform in their logarithm. */
  readonly scale: number;
  /** Brightness and contrast are multiplied by factors from 1 − share to 1 + share, as torchvision's ColorJitter does. */
  readonly brightness: number;
  readonly contrast: number;
  readonly auto: AutoAugmentation;
}

/** What happens to one image. */
export interface Transform {
  /** What is done to its bytes first, in this order. */
  readonly operations: readonly PixelOperation[];
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
  operations: [],
  shiftY: 0,
  shiftX: 0,
  flip: false,
  cut: { top: 0, bottom: 0, left: 0, right: 0 },
};

type Size = Pick<Pixels, 'height' | 'width'>;

/** What happens to images at random, in words; empty where nothing does. */
export function describeAugmentation(augmentation: Augmentation): string[] {
  const { crop, flip, cutout, rotate, scale, brightness, contrast, auto } = augmentation;
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  return [
    ...(crop > 0 ? [`moved by up to ${crop} ${crop === 1 ? 'pixel' : 'pixels'}`] : []),
    ...(flip ? ['mirrored'] : []),
    ...(rotate > 0 ? [`turned by up to ${rotate}°`] : []),
    ...(scale > 0 ? [`scaled by up to ${share(scale)}`] : []),
    ...(brightness > 0 ? [`brightness changed by up to ${share(brightness)}`] : []),
    ...(contrast > 0 ? [`contrast changed by up to ${share(contrast)}`] : []),
    ...(auto === 'none' ? [] : [`${auto} RandAugment`]),
    ...(cutout > 0 ? [`a square of ${cutout} × ${cutout} set to the mean`] : []),
  ];
}

/** Rows or columns of a cutout around a centre, within the image. */
function cutSpan(centre: number, length: number, size: number): [number, number] {
  const start = centre - Math.floor(length / 2);
  return [Math.max(0, start), Math.min(size, start + length)];
}

/**
 * The fourteen operations of RandAugment and what they are at a strength of 0 … 1, `signed` being it to either side: ranges of
 * torchvision's `RandAugment`, which takes them from the authors' code. Shears are about the middle here.
 */
const randomOperations: readonly ((
  size: Size,
  strength: number,
  signed: number,
) => PixelOperation | undefined)[] = [
  () => undefined,
  (size, _, signed) => shear(size, 0.3 * signed, 0),
  (size, _, signed) => shear(size, 0, 0.3 * signed),
  ({ width }, _, signed) => shift(Math.trunc((150 / 331) * width * signed), 0),
  ({ height }, _, signed) => shift(0, Math.trunc((150 / 331) * height * signed)),
  (size, _, signed) => turn(size, 30 * signed),
  (_size, _, signed) => ({ kind: 'brightness', factor: 1 + 0.9 * signed }),
  (_size, _, signed) => ({ kind: 'saturation', factor: 1 + 0.9 * signed }),
  (_size, _, signed) => ({ kind: 'contrast', factor: 1 + 0.9 * signed }),
  (_size, _, signed) => ({ kind: 'sharpness', factor: 1 + 0.9 * signed }),
  (_size, strength) => ({ kind: 'posterize', bits: 8 - Math.round(4 * strength) }),
  (_size, strength) => ({ kind: 'solarize', threshold: 255 * (1 - strength) }),
  () => ({ kind: 'autocontrast' }),
  () => ({ kind: 'equalize' }),
];
const randomAugmentations = {
  none: { operations: 0, strength: 0 },
  light: { operations: 1, strength: 5 / 30 },
  strong: { operations: 2, strength: 9 / 30 },
} as const;

/** Operations on bytes: first RandAugment, then turn and scale in one, brightness, contrast. */
function drawOperations(augmentation: Augmentation, size: Size, random: Random): PixelOperation[] {
  const { rotate, scale, brightness, contrast, auto } = augmentation;
  /** Uniform between −most and most. */
  const either = (most: number): number => (most > 0 ? (2 * random.uniform() - 1) * most : 0);
  const result: PixelOperation[] = [];
  const { operations, strength } = randomAugmentations[auto];
  for (let i = 0; i < operations; i++) {
    const make = randomOperations[random.integer(randomOperations.length)]!;
    const operation = make(size, strength, random.uniform() < 0.5 ? -strength : strength);
    if (operation) result.push(operation);
  }
  const degrees = either(rotate);
  const enlarged = Math.exp(either(Math.log1p(scale)));
  if (rotate > 0 || scale > 0) result.push(turn(size, degrees, enlarged));
  if (brightness > 0) result.push({ kind: 'brightness', factor: 1 + either(brightness) });
  if (contrast > 0) result.push({ kind: 'contrast', factor: 1 + either(contrast) });
  return result;
}

/** Draws the transform of one image. Only what is switched on takes random numbers. */
export function drawTransform(
  augmentation: Augmentation,
  height: number,
  width: number,
  random: Random,
): Transform {
  const { crop, flip, cutout } = augmentation;
  const drawShift = () => (crop > 0 ? random.integer(2 * crop + 1) - crop : 0);
  const [shiftY, shiftX] = [drawShift(), drawShift()];
  const mirrored = flip && random.uniform() < 0.5;
  let { cut } = identity;
  if (cutout > 0) {
    const [top, bottom] = cutSpan(random.integer(height), cutout, height);
    const [left, right] = cutSpan(random.integer(width), cutout, width);
    cut = { top, bottom, left, right };
  }
  const operations = drawOperations(augmentation, { height, width }, random);
  return { operations, shiftY, shiftX, flip: mirrored, cut };
}
