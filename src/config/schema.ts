/**
 * The one definition of `*.nas.json`: TypeScript types, validation, defaults and the JSON Schema behind completion and
 * hover all come from here. Defaults are the reference settings of DARTS (Liu et al., 2019).
 */
import * as z from 'zod';
import type { DataSetEntry } from '../data/dataSet';
import { duplicateTreatments } from '../data/duplicates/keepTogether';
import { autoAugmentations } from '../data/augment';
import { classWeightings, samplings } from '../data/classBalance';
import { colours, fits } from '../data/fitting';
import { dataSets } from '../data/registry';
import { asPath, described, describedEnum, formerly, namedPath } from '../describe';
import { engineChoices } from '../engine';
import { estimators } from '../estimate/estimators';
import { scores } from '../scores';
import { strategies } from '../search/strategies';
import { genotypeFileSchema } from '../space/genotype';
import { spaces } from '../space/registry';
import { sectionOf } from './sections';

const positiveInteger = z.number().int().min(1);
const rate = z.number().positive().max(10);
const share = z.number().min(0).max(1);
const shareBelowOne = z.number().min(0).lt(1);

const augmentation = z.strictObject({
  crop: described(z.number().int().min(0).max(16).default(0), 'Pad by this many pixels and crop at random.'),
  flip: described(z.boolean().default(false), 'Mirror left to right at random. Not for digits.'),
  cutout: described(
    z.number().int().min(0).max(64).default(0),
    'Side of a random square set to the mean. 0: none.',
  ),
  rotate: described(
    z.number().min(0).max(180).default(0),
    'Turn by up to this many degrees to either side. 10 suits digits, 180 what has no upright.',
  ),
  scale: described(
    z.number().min(0).max(1).default(0),
    'Enlarge or shrink by up to this share: 0.1 is from 1/1.1 to 1.1.',
  ),
  brightness: described(
    share.default(0),
    'Multiply brightness by up to this share more or less: 0.2 is from 0.8 to 1.2.',
  ),
  contrast: described(
    share.default(0),
    'Multiply the distance from the mean grey by up to this share more or less.',
  ),
  auto: described(
    describedEnum(autoAugmentations).default('none'),
    'RandAugment (Cubuk et al., 2020): operations drawn from fourteen, turns, shears, colours and others.',
  ),
  mixup: described(
    share.default(0),
    'Mix each training image with another of its batch, and their classes alike, in shares of Beta(α, α) with this α (Zhang et al., 2018). 0.2 is common. 0: none. The accuracy on training images then counts the class that the image is more of, and is lower. Images that train α are not mixed.',
  ),
});

const side = z.number().int().min(4).max(256);

/** What every data set has beside the keys of its entry. */
const dataOfAll = {
  trainImages: described(
    positiveInteger.optional(),
    'Use only this many training images (stratified, seeded). All when left out, or where a preset names more than there are.',
  ),
  testImages: described(
    positiveInteger.optional(),
    'Judge found networks on this many test images. All when left out, or where a preset names more than there are.',
  ),
  validationShare: described(
    z.number().gt(0).lt(1).default(0.5),
    'Share of the training images that trains α and validates; the rest trains the weights. They never overlap.',
  ),
  duplicates: described(
    describedEnum(duplicateTreatments).default('together'),
    'What becomes of images that are copies of each other: equal to the byte, or compressed, resized or made a little brighter. A copy of a training image among those that test makes scores too good. Sets that everybody has, such as MNIST, stay as they are.',
  ),
  imageSize: described(
    z.union([side, z.tuple([side, side])]).optional(),
    'Pixels of the images’ shorter side, or [height, width]; `fit` says how they come to that. Left out, images stay as they are; a preset never asks for more than they have. Halving it makes a step about four times faster.',
  ),
  fit: described(
    describedEnum(fits).default('shrink'),
    'How images come to `imageSize`. `shrink`: all of the image by area averaging, in its aspect to one number, in another to [height, width]. `crop`: the middle. `pad`: all of it, with black margins.',
  ),
  enlarge: described(
    z.boolean().default(false),
    'Enlarge images that are smaller than `imageSize` (bilinear) rather than refuse them.',
  ),
  colour: described(
    describedEnum(colours).default('as-is'),
    'Channels of the images: as they are, one of grey, or three of RGB.',
  ),
  classWeights: described(
    describedEnum(classWeightings).default('none'),
    'What the images of each class count in the loss of search and training, for unbalanced classes. Counted on the images that train.',
  ),
  effectiveNumberBeta: described(
    z.number().min(0).lt(1).default(0.999),
    'β of the class weights `effectiveNumber`: 0 weighs all images alike, values towards 1 come close to `balanced`.',
  ),
  sampling: described(
    describedEnum(samplings).default('shuffled'),
    'How batches are drawn from the training images. `balanced` is the alternative to class weights.',
  ),
  augmentation: described(augmentation.prefault({}), 'Random changes to training images.'),
};

type SectionsOf<T extends readonly DataSetEntry[]> = {
  readonly [I in keyof T]: {
    readonly name: T[I]['name'];
    readonly options: z.ZodObject<T[I]['options']['shape'] & typeof dataOfAll, z.core.$strict>;
  };
};

const data = sectionOf(
  dataSets.map(({ name, options }) => ({
    name,
    options: z.strictObject({ ...options.shape, ...dataOfAll }),
  })) as unknown as SectionsOf<typeof dataSets>,
  'set',
);

/** SGD with momentum and a cosine schedule: both the search and the final training use it. */
function sgd(defaults: { batchSize: number; minLearningRate: number }) {
  return {
    batchSize: described(
      positiveInteger.max(4096).default(defaults.batchSize),
      'Images a step. Where there are fewer, the largest power of two that there are, unless it is written.',
    ),
    learningRate: described(rate.default(0.025), 'Learning rate at the start.'),
    minLearningRate: described(
      z.number().min(0).max(10).default(defaults.minLearningRate),
      'Learning rate at the end of the cosine schedule. A tenth of the first where that is smaller, unless it is written.',
    ),
    momentum: described(z.number().min(0).lt(1).default(0.9), 'Momentum of SGD.'),
    weightDecay: described(z.number().min(0).max(1).default(3e-4), 'L2 penalty on the weights.'),
    gradientClip: described(
      z.number().positive().default(5),
      'Gradients with a larger norm are scaled down to it.',
    ),
  };
}

const training = z.strictObject(sgd({ batchSize: 64, minLearningRate: 0.001 }));

const budget = z.strictObject({
  epochs: described(
    positiveInteger.max(100_000).default(50),
    'Epochs of a gradient search, or of the shared weights’ training.',
  ),
  trials: described(
    positiveInteger.max(1_000_000).default(50),
    'Architectures that a sampling strategy has judged.',
  ),
});

const final = z.strictObject({
  epochs: described(
    z.number().int().min(0).max(100_000).default(600),
    'Epochs for which the found network is trained from new weights. 0: do not train it.',
  ),
  cells: described(z.number().int().min(3).max(100).default(20), 'Cells of the found network.'),
  channels: described(positiveInteger.max(1024).default(36), 'Channels C of its first cell.'),
  initialWeights: described(
    namedPath('reads').optional(),
    'With `architecture`: train on from these weights, the `weights.safetensors` of a run with the same network, rather than from new ones.',
  ),
  ...sgd({ batchSize: 96, minLearningRate: 0 }),
  dropPath: described(
    shareBelowOne.default(0.2),
    'Probability of dropping an edge’s output at the end of training; it rises from 0. Identities are kept.',
  ),
  warmupEpochs: described(
    z.number().int().min(0).max(10_000).default(0),
    'Epochs at the start in which the learning rate rises evenly to `learningRate`; the cosine schedule takes the others.',
  ),
  labelSmoothing: described(
    shareBelowOne.default(0),
    'Share of each label that is divided evenly among all classes (Szegedy et al., 2016). 0.1 is common with a hundred classes and more. 0: none.',
  ),
  auxiliaryWeight: described(
    share.default(0),
    'Weight of the loss of a second classifier at two thirds of the network while it trains (Szegedy et al., 2015); the kept network is without it. DARTS has 0.4. 0: none.',
  ),
  weightAverage: described(
    shareBelowOne.default(0),
    'Decay of a moving average of the weights, which the network is then judged and kept with. 0.999 suits some thousand steps, 0.9999 more. 0: the weights of the last step.',
  ),
  cutout: described(
    z.number().int().min(0).max(64).default(16),
    'Side of a random square set to the mean in training images. 0: none. Where it would cover more than half of an image, half of the shorter side, unless it is written.',
  ),
  proof: described(
    z.boolean().default(true),
    'Check the generated code once the found network is trained: the TypeScript runs in TensorFlow with the trained weights on the whole test split, and every prediction is compared with the engine’s. Takes seconds.',
  ),
  randomNetworks: described(
    z.number().int().min(0).max(1000).default(0),
    'How many randomly drawn networks to train in the same way, for comparison. A search that does not beat them found nothing.',
  ),
});

/** All about the network of the `final` section: the one that is trained and generated. */
const limits = z.strictObject({
  maxParameters: described(
    positiveInteger.optional(),
    'Largest number of parameters of the final network (as `final` builds it). Sampling strategies do not train what breaks a limit; gradient ones are drawn towards less while what they stand for breaks it.',
  ),
  maxFlops: described(
    positiveInteger.optional(),
    'Most multiply–accumulates of one forward pass of the final network for one image.',
  ),
  maxMemoryMiB: described(
    z.number().positive().optional(),
    'Most memory (MiB) of one training step of the final network on a single image: activations, weights with gradient and momentum.',
  ),
  maxLatencyMs: described(
    z.number().positive().optional(),
    'Longest time (ms) of one forward pass of the final network for one image, from the latency table.',
  ),
  latencyTable: described(
    namedPath('reads').optional(),
    'File of the latency table, relative to this config: made by `nas latency` on the device that counts.',
  ),
});

const output = z.strictObject({
  folder: described(
    namedPath('writes').default('runs'),
    'Where run folders are made, relative to this config file.',
  ),
  logEverySteps: described(
    positiveInteger.max(100_000).default(10),
    'Write losses and α to the event log every so many steps.',
  ),
  trialWeights: described(
    z.enum(['none', 'best', 'all']).default('best'),
    'Whose weights are kept of the trials that a sampling search trains to their ends: of none, of the best so far, or of all. `nas export RUN --network trial-3` takes them.',
  ),
  tensorboard: described(
    z.boolean().default(false),
    'Also write the curves as an event file of TensorBoard, into `tensorboard` in the run folder. Native TensorFlow writes it, in a process of its own (some 250 MB).',
  ),
});

export const configSchema = described(
  z.strictObject({
    $schema: z.string().optional(),
    name: described(
      z.string().min(1).max(200).optional(),
      'Name of the search. The file’s name when left out.',
    ),
    preset: described(
      z.enum(['reference', 'laptop']).default('reference'),
      'Where defaults come from. `reference`: the paper’s settings, hours to days on a CPU. `laptop`: a scaled-down search of minutes.',
    ),
    seed: described(
      z.number().int().min(0).max(2_147_483_647).default(1),
      'Seed of every random number. Same seed, same engine: same run.',
    ),
    engine: formerly(
      'backend',
      described(describedEnum(engineChoices).default('auto'), 'What computes the networks.'),
    ),
    architecture: described(
      asPath('reads', z.union([z.string().min(1), genotypeFileSchema])).optional(),
      'Train this architecture as `final` says, and search nothing: a genotype.json or what is in one.',
    ),
    space: described(sectionOf(spaces), 'What can be found.'),
    strategy: described(sectionOf(strategies), 'How it is searched.'),
    estimator: described(
      sectionOf(estimators),
      'How the architectures that a sampling strategy proposes are judged. Gradient strategies do not use it.',
    ),
    score: described(
      describedEnum(scores).default('accuracy'),
      'What architectures and networks are judged by: in the search on the validation split, at the end on the test split.',
    ),
    data: described(data, 'What it is searched on.'),
    training: described(training.prefault({}), 'How the supernet’s weights are trained during the search.'),
    budget: described(budget.prefault({}), 'How long the search goes on.'),
    final: described(final.prefault({}), 'How the found network is built and trained.'),
    limits: described(
      limits.prefault({}),
      'Hardware limits for the final network: the one that is trained and generated.',
    ),
    output: described(output.prefault({}), 'What is written, and where.'),
  }),
  'A neural architecture search for NAS Workbench.',
);

/** A config with every default filled in. */
export type Config = z.output<typeof configSchema>;
/** A config as a person writes it. */
export type ConfigInput = z.input<typeof configSchema>;
