/** How a run trains its network, as a script that trains the same code is told. */
import type { SpaceType } from '../../space/genotype';

/** Random changes to training images; what is 0, false or `none` is not there. */
interface Augmentation {
  readonly crop: number;
  readonly flip: boolean;
  readonly cutout: number;
  readonly rotate: number;
  readonly scale: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly auto: 'none' | 'light' | 'strong';
}

/** A second classifier, which reads the output of a cell while the network trains. */
export interface AuxiliaryClassifier {
  /** Of its loss. */
  readonly weight: number;
  readonly cell: number;
  /** Channels of what it reads, and of its two convolutions. */
  readonly inputs: number;
  readonly bottleneck: number;
  readonly filters: number;
}

export interface TrainingRecipe {
  /** 1 or more. */
  readonly epochs: number;
  /** Fewer than `epochs`. */
  readonly warmupEpochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly minLearningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of the gradient. */
  readonly gradientClip: number;
  readonly dropPath: number;
  readonly labelSmoothing: number;
  readonly auxiliary?: AuxiliaryClassifier;
  readonly weightAverage: number;
  readonly augmentation: Augmentation;
  /** α of mixup; 0: none. */
  readonly mixup: number;
  readonly sampling: 'shuffled' | 'balanced';
  readonly seed: number;
}

/** What of a recipe asks for the operations on bytes that Pillow has, and TensorFlow.js has not. */
export function turnsPictures({ auto, rotate, scale }: Augmentation): boolean {
  return auto !== 'none' || rotate > 0 || scale > 0;
}

export function changesColours({ brightness, contrast }: Augmentation): boolean {
  return brightness > 0 || contrast > 0;
}

/** A recipe without what a script cannot do, and that in words. */
export interface PossibleRecipe {
  readonly recipe: TrainingRecipe;
  readonly leftOut: readonly string[];
}

/**
 * @param space whose code can do what: that of cells alone has drop-path, and names the outputs of cells
 * @param picturesTurn whether the script has operations on bytes
 */
export function possibleRecipe(
  recipe: TrainingRecipe,
  space: SpaceType,
  picturesTurn: boolean,
): PossibleRecipe {
  const leftOut: string[] = [];
  let possible = recipe;
  if (space !== 'cell') {
    if (recipe.dropPath > 0) leftOut.push(`drop-path (${recipe.dropPath})`);
    if (recipe.auxiliary) leftOut.push(`the auxiliary classifier (${recipe.auxiliary.weight})`);
    possible = { ...possible, dropPath: 0, auxiliary: undefined };
  }
  if (!picturesTurn) {
    const { augmentation } = recipe;
    if (augmentation.auto !== 'none') leftOut.push(`RandAugment (${augmentation.auto})`);
    if (augmentation.rotate > 0) leftOut.push(`turns (${augmentation.rotate}°)`);
    if (augmentation.scale > 0) leftOut.push(`changes of scale (${augmentation.scale})`);
    if (changesColours(augmentation)) leftOut.push('changes of brightness and contrast');
    const none = { rotate: 0, scale: 0, brightness: 0, contrast: 0, auto: 'none' } as const;
    possible = { ...possible, augmentation: { ...augmentation, ...none } };
  }
  return { recipe: possible, leftOut };
}
