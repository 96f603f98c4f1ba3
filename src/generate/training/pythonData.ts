/** What training scripts of both Python frameworks have in common: recipe, pictures, batches. */
import { numberLiteral, pythonString } from '../text';
import { changesColours, turnsPictures, type TrainingRecipe } from './recipe';

/** Whether pictures go through Pillow. */
export function usesPillow({ augmentation }: TrainingRecipe): boolean {
  return turnsPictures(augmentation) || changesColours(augmentation);
}

/** What a script is written from. */
export interface ScriptFacts {
  /** The module of the network's code. */
  readonly module: string;
  /** File of the weights that it writes. */
  readonly outName: string;
  readonly recipe: TrainingRecipe;
  readonly classes: number;
  /** Of the pictures. */
  readonly channels: number;
  readonly hasClassWeights: boolean;
  readonly dataName: string;
}

/** The constants at the top, of what the recipe uses. */
export function recipeConstants({ recipe, dataName, outName }: ScriptFacts): string {
  const { augmentation } = recipe;
  const lines: (string | false | undefined)[] = [
    '# Pixels and labels, as the run had them.',
    `DATA = ${pythonString(dataName)}`,
    '# Weights that the code loads.',
    `OUT = ${pythonString(outName)}`,
    `SEED = ${recipe.seed}`,
    '# The recipe of the run.',
    `EPOCHS = ${recipe.epochs}`,
    `BATCH_SIZE = ${recipe.batchSize}`,
    `LEARNING_RATE = ${numberLiteral(recipe.learningRate)}`,
    `LEAST_RATE = ${numberLiteral(recipe.minLearningRate)}`,
    recipe.warmupEpochs > 0 && `WARMUP_EPOCHS = ${recipe.warmupEpochs}`,
    `MOMENTUM = ${numberLiteral(recipe.momentum)}`,
    `WEIGHT_DECAY = ${numberLiteral(recipe.weightDecay)}`,
    `LARGEST_GRADIENT = ${numberLiteral(recipe.gradientClip)}`,
    recipe.labelSmoothing > 0 && `LABEL_SMOOTHING = ${numberLiteral(recipe.labelSmoothing)}`,
    recipe.dropPath > 0 && `DROP_PATH = ${numberLiteral(recipe.dropPath)}`,
    recipe.auxiliary && `AUXILIARY_WEIGHT = ${numberLiteral(recipe.auxiliary.weight)}`,
    recipe.weightAverage > 0 && `WEIGHT_AVERAGE = ${numberLiteral(recipe.weightAverage)}`,
    recipe.mixup > 0 && `MIXUP = ${numberLiteral(recipe.mixup)}`,
    augmentation.crop > 0 && `CROP = ${augmentation.crop}`,
    augmentation.cutout > 0 && `CUTOUT = ${augmentation.cutout}`,
    augmentation.rotate > 0 && `LARGEST_TURN = ${numberLiteral(augmentation.rotate)}`,
    augmentation.scale > 0 && `SCALE = ${numberLiteral(augmentation.scale)}`,
    augmentation.brightness > 0 && `BRIGHTNESS = ${numberLiteral(augmentation.brightness)}`,
    augmentation.contrast > 0 && `CONTRAST = ${numberLiteral(augmentation.contrast)}`,
  ];
  return lines.filter(Boolean).join('\n');
}

function learningRate({ warmupEpochs }: TrainingRecipe): string {
  const warm = warmupEpochs > 0;
  return `\
def learning_rate(epoch: int, epochs: int) -> float:
    """A cosine from the first rate to the least${warm ? ', after a rise to the first' : ''}; epochs count from 0."""
${
  warm
    ? `\
    warmup = min(WARMUP_EPOCHS, epochs - 1)
    if epoch < warmup:
        return LEARNING_RATE * (epoch + 1) / (warmup + 1)
    done = (epoch - warmup) / (epochs - warmup)
`
    : '    done = epoch / epochs\n'
}\
    share = (1 + math.cos(math.pi * done)) / 2
    return LEAST_RATE + (LEARNING_RATE - LEAST_RATE) * share`;
}

const balancedOrder = `\
def epoch_order(labels: Array, random: np.random.Generator) -> Array:
    """Positions of as many images as there are, every class equally likely in a draw.

    All images of a class come once before one of them comes again.
    """
    drawn = random.choice(np.unique(labels), len(labels))
    order = np.empty(len(labels), int)
    for label in np.unique(drawn):
        members = np.flatnonzero(labels == label)
        wanted = int((drawn == label).sum())
        rounds = range(-(-wanted // len(members)))
        images = np.concatenate([random.permutation(members) for _ in rounds])
        order[drawn == label] = images[:wanted]
    return order`;

const moved = `\
def moved(
    picture: Image.Image,
    matrix: tuple[float, float, float, float],
    shift: tuple[float, float] = (0, 0),
) -> Image.Image:
    """Pixels from where a matrix about the middle says, bilinear, black outside."""
    a, b, c, d = matrix
    x, y = picture.width / 2, picture.height / 2
    affine = (a, b, x - a * x - b * y + shift[0], c, d, y - c * x - d * y + shift[1])
    bilinear = Image.Resampling.BILINEAR
    return picture.transform(picture.size, Image.Transform.AFFINE, affine, bilinear)`;

const turned = `\
def turned(picture: Image.Image, degrees: float, factor: float = 1) -> Image.Image:
    """Turned about the middle and enlarged by a factor."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle) / factor, math.sin(angle) / factor
    return moved(picture, (cos, -sin, sin, cos))`;

/** The fourteen operations, at the strengths of \`augment.ts\`. */
function randAugment({ operations, strength }: { operations: number; strength: string }): string {
  return `\
def rand_augment(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """RandAugment (Cubuk et al., 2020), with the ranges of torchvision."""
    strength = ${strength}
    for _ in range(${operations}):
        signed = strength if random.random() < 0.5 else -strength
        kind = random.integers(14)
        if kind == 1:
            picture = moved(picture, (1, 0.3 * signed, 0, 1))
        elif kind == 2:
            picture = moved(picture, (1, 0, 0.3 * signed, 1))
        elif kind == 3:
            shift = int(150 / 331 * picture.width * signed)
            picture = moved(picture, (1, 0, 0, 1), (shift, 0))
        elif kind == 4:
            shift = int(150 / 331 * picture.height * signed)
            picture = moved(picture, (1, 0, 0, 1), (0, shift))
        elif kind == 5:
            picture = turned(picture, 30 * signed)
        elif kind == 6:
            picture = ImageEnhance.Brightness(picture).enhance(1 + 0.9 * signed)
        elif kind == 7:
            picture = ImageEnhance.Color(picture).enhance(1 + 0.9 * signed)
        elif kind == 8:
            picture = ImageEnhance.Contrast(picture).enhance(1 + 0.9 * signed)
        elif kind == 9:
            picture = ImageEnhance.Sharpness(picture).enhance(1 + 0.9 * signed)
        elif kind == 10:
            picture = ImageOps.posterize(picture, 8 - round(4 * strength))
        elif kind == 11:
            picture = ImageOps.solarize(picture, round(255 * (1 - strength)))
        elif kind == 12:
            picture = ImageOps.autocontrast(picture)
        elif kind == 13:
            picture = ImageOps.equalize(picture)
    return picture`;
}

const strengths = {
  none: undefined,
  light: { operations: 1, strength: '5 / 30' },
  strong: { operations: 2, strength: '9 / 30' },
} as const;

/** Changes of one image; nothing where the recipe has none. */
function augmentation({ recipe, channels }: ScriptFacts): string[] {
  const { crop, flip, cutout, rotate, scale, brightness, contrast, auto } = recipe.augmentation;
  const sections: string[] = [];
  const body: string[] = [];
  if (usesPillow(recipe)) {
    if (turnsPictures(recipe.augmentation)) sections.push(moved);
    if (auto !== 'none' || rotate > 0 || scale > 0) sections.push(turned);
    const rand = strengths[auto];
    if (rand) sections.push(randAugment(rand));
    body.push(`    picture = Image.fromarray(image${channels === 1 ? '[:, :, 0]' : ''})`);
    if (rand) body.push('    picture = rand_augment(picture, random)');
    if (rotate > 0 || scale > 0) {
      const degrees = rotate > 0 ? 'random.uniform(-LARGEST_TURN, LARGEST_TURN)' : '0';
      if (scale > 0) body.push('    limit = math.log1p(SCALE)');
      if (rotate > 0) body.push(`    degrees = ${degrees}`);
      const args = [
        rotate > 0 ? 'degrees' : '0',
        ...(scale > 0 ? ['math.exp(random.uniform(-limit, limit))'] : []),
      ];
      body.push(`    picture = turned(picture, ${args.join(', ')})`);
    }
    if (brightness > 0) {
      body.push('    factor = 1 + random.uniform(-BRIGHTNESS, BRIGHTNESS)');
      body.push('    picture = ImageEnhance.Brightness(picture).enhance(factor)');
    }
    if (contrast > 0) {
      body.push('    factor = 1 + random.uniform(-CONTRAST, CONTRAST)');
      body.push('    picture = ImageEnhance.Contrast(picture).enhance(factor)');
    }
    body.push('    image = np.array(picture).reshape(image.shape)');
  }
  if (crop > 0 || cutout > 0) body.push('    height, width, _ = image.shape');
  if (flip) body.push('    if random.random() < 0.5:', '        image = image[:, ::-1]');
  if (crop > 0) {
    body.push(
      '    image = np.pad(image, ((CROP, CROP), (CROP, CROP), (0, 0)))',
      '    top, left = random.integers(0, 2 * CROP, size=2, endpoint=True)',
      '    image = image[top : top + height, left : left + width]',
    );
  }
  if (cutout > 0) {
    body.push(
      '    image = image.astype("float32")',
      '    top = random.integers(height) - CUTOUT // 2',
      '    left = random.integers(width) - CUTOUT // 2',
      '    rows = slice(max(0, top), max(0, top + CUTOUT))',
      '    columns = slice(max(0, left), max(0, left + CUTOUT))',
      '    image[rows, columns] = 255 * np.array(code.MEAN, "float32")',
    );
  }
  if (body.length === 0) return [];
  const augment = `\
def augment(image: Array, random: np.random.Generator) -> Array:
    """Pixels [H, W, C] from 0 to 255, changed at random${cutout > 0 ? '; what is cut out gets the mean' : ''}."""
${body.join('\n')}
    return image`;
  return [...sections, augment];
}

function batches({ recipe, classes, hasClassWeights }: ScriptFacts, changesImages: boolean): string {
  const { labelSmoothing, mixup, sampling } = recipe;
  const targets =
    labelSmoothing > 0
      ? `    targets = np.eye(${classes}, dtype="float32")[labels]
    return (1 - LABEL_SMOOTHING) * targets + LABEL_SMOOTHING / ${classes}`
      : `    return np.eye(${classes}, dtype="float32")[labels]`;
  const pixels = changesImages
    ? '        pixels = np.stack([augment(images[i], random) for i in chosen])'
    : '        pixels = images[chosen]';
  const weights = hasClassWeights
    ? `\
        weights = np.array(code.CLASS_WEIGHTS, "float32")[labels[chosen], None]
        targets *= weights
`
    : '';
  const mixing =
    mixup > 0
      ? `\
        # An image keeps the larger share.
        drawn = random.beta(MIXUP, MIXUP)
        share = np.float32(max(drawn, 1 - drawn))
        others = random.permutation(BATCH_SIZE)
        pixels = share * pixels + (1 - share) * pixels[others]
        targets = share * targets + (1 - share) * targets[others]
`
      : '';
  return `\
def targets_of(labels: Array) -> Array:
    """What is to be predicted [N, ${classes}]${labelSmoothing > 0 ? ', with label smoothing' : ''}."""
${targets}


def training_batches(
    images: Array, labels: Array, random: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """An epoch's pixels [N, H, W, C] and targets [N, ${classes}]${
      hasClassWeights
        ? `.

    Targets are multiplied by what an image counts in the loss.
    """`
        : '."""'
    }
    order = ${sampling === 'balanced' ? 'epoch_order(labels, random)' : 'random.permutation(len(labels))'}
    for start in range(0, len(order) - BATCH_SIZE + 1, BATCH_SIZE):
        chosen = order[start : start + BATCH_SIZE]
${pixels}
        pixels = pixels.astype("float32")
        targets = targets_of(labels[chosen])
${weights}${mixing}\
${hasClassWeights ? '        targets /= targets.sum(1).mean()\n' : ''}\
        yield pixels, targets`;
}

/** Schedule, pictures and batches, in the order in which they stand in the file. */
export function dataSections(facts: ScriptFacts): string[] {
  const { recipe } = facts;
  const changes = augmentation(facts);
  return [
    learningRate(recipe),
    ...(recipe.sampling === 'balanced' ? [balancedOrder] : []),
    ...changes,
    batches(facts, changes.length > 0),
  ];
}

/** The command line of both scripts, the data, and a generator of random numbers; statements of \`main\`. */
export const preparations = `\
    parser = argparse.ArgumentParser(description="Trains the network of a run anew.")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=HERE / OUT)
    arguments = parser.parse_args()
    if arguments.epochs < 1:
        parser.error("--epochs has to be 1 or more")
    if arguments.out.is_dir():
        parser.error(f"--out names a folder: {arguments.out}")
    if not (HERE / DATA).exists():
        parser.error(f"{HERE / DATA} is missing: nas generate writes it")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(arguments.seed)
    data = load_file(HERE / DATA)
    images, labels = data["train/images"], data["train/labels"]
    test_images, test_labels = data["test/images"], data["test/labels"]`;
