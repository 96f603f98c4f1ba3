/**
 * Pictures through the found network of a finished run: decoded and fitted as the run's own, normalized as
 * for its training, and computed by the project's engine with the weights that the run kept.
 */
import { type Fitting, imageSize, type ImageShape, stopIfCancelled } from '../data/dataSet';
import { normalizationTables } from '../data/normalization';
import { decodePictures } from '../data/pictures/decoder';
import type { DecodeAnswer } from '../data/pictures/messages';
import { UserError } from '../errors';
import { prepareEngine } from '../job/engine';
import { readWeights } from '../job/weights';
import type { StoredNetwork } from '../weights/file';
import { createFoundNetwork } from '../network/engines';
import type { FoundNetwork } from '../network/foundNetwork';
import { mostLikely, type PictureAnswer, type PictureOrigin } from '../protocol/classification';
import type { RunFolder } from '../runs/runFolder';
import { normalizationOf } from '../space/genotype';

export interface ClassifierOptions {
  readonly threads: number;
  /** Where native TensorFlow is looked for, which computes what the fused engine has no kernels for. */
  readonly nativeFolder?: string;
}

export interface ClassifyOptions {
  readonly signal?: AbortSignal;
  /** @param fraction that is done, 0 … 1 */
  onProgress?(step: string, fraction: number): void;
  /** Called once a picture, in their order. */
  onAnswer(answer: PictureAnswer, index: number): void;
}

/**
 * Pictures that are decoded, and computed, together: memory does not grow with what is asked. Few are answered soon,
 * and many are decoded on several threads.
 */
const decodedAtOnce = { few: 8, many: 200 };
const computedAtOnce = 16;

type Decoded = Extract<DecodeAnswer, { kind: 'picture' }>;

/** The found network of a run, ready to be asked. */
export class PictureClassifier {
  private readonly tables: readonly Float32Array[];

  private constructor(
    private readonly stored: StoredNetwork,
    private readonly network: FoundNetwork,
    private readonly fitting: Fitting,
    private readonly threads: number,
  ) {
    const { mean, deviation } = normalizationOf(stored.file);
    this.tables = normalizationTables({ mean, std: deviation });
  }

  /**
   * @throws UserError when the run has no weights, with code `no-weights`, they are damaged, or no pictures
   * go with its network
   */
  static async open(
    folder: RunFolder,
    { threads, nativeFolder }: ClassifierOptions,
  ): Promise<PictureClassifier> {
    const stored = readWeights(folder);
    const fitting = fittingOf(folder, stored.plan.input);
    const engine = await prepareEngine({ choice: 'auto', threads, nativeFolder, plans: [stored.plan] });
    const network = createFoundNetwork(stored.plan, engine);
    network.restoreStatistics({ statistics: stored.statistics });
    return new PictureClassifier(stored, network, fitting, threads);
  }

  /** @throws UserError with code `cancelled` once the signal is raised */
  async classify(pictures: readonly PictureOrigin[], options: ClassifyOptions): Promise<void> {
    const { onProgress, signal } = options;
    const all = pictures.length;
    // Decoding is what takes time.
    const say = (decoded: number): void => onProgress?.('Classifying pictures', decoded / all);
    const atOnce = all < decodedAtOnce.many ? decodedAtOnce.few : decodedAtOnce.many;
    say(0);
    for (let from = 0; from < all; from += atOnce) {
      const group = pictures.slice(from, from + atOnce);
      const decoded = await this.decode(group, signal, (done) => say(from + done));
      for (let start = 0; start < group.length; start += computedAtOnce) {
        stopIfCancelled(signal);
        const part = decoded.slice(start, start + computedAtOnce);
        const answers = await this.answers(part, group.slice(start, start + computedAtOnce));
        answers.forEach((answer, i) => options.onAnswer(answer, from + start + i));
      }
    }
  }

  /**
   * What the classes of images are read from, [n, classes].
   * @param images of the network's input, [height, width, channels] bytes each
   */
  async logits(images: readonly Uint8Array[]): Promise<Float32Array> {
    const { input } = this.stored.plan;
    const size = imageSize(input);
    const values = new Float32Array(images.length * size);
    images.forEach((pixels, n) => {
      for (let i = 0; i < size; i++) values[n * size + i] = this.tables[i % input.channels]![pixels[i]!]!;
    });
    const shape = [images.length, input.height, input.width, input.channels] as const;
    const labels = new Uint16Array(images.length);
    const judged = await this.network.evaluate({ images: values, labels, shape }, this.stored.weights);
    return judged.logits;
  }

  dispose(): void {
    this.network.dispose();
  }

  private async decode(
    pictures: readonly PictureOrigin[],
    signal: AbortSignal | undefined,
    onDecoded: (count: number) => void,
  ): Promise<DecodeAnswer[]> {
    const answers = new Array<DecodeAnswer>(pictures.length);
    let count = 0;
    await decodePictures({
      files: pictures.map(({ file, name }) => file ?? name),
      bytesOf: (index) => {
        const { bytes } = pictures[index]!;
        return bytes && Promise.resolve(bytes);
      },
      ...{ fitting: this.fitting, threads: this.threads, signal },
      onAnswer: (index, answer) => {
        answers[index] = answer;
        onDecoded(++count);
      },
    });
    return answers;
  }

  /** Of some pictures, in their order. */
  private async answers(
    decoded: readonly DecodeAnswer[],
    pictures: readonly PictureOrigin[],
  ): Promise<PictureAnswer[]> {
    const { classes } = this.stored.plan;
    const sound = decoded.filter((answer): answer is Decoded => answer.kind === 'picture');
    const logits =
      sound.length > 0 ? await this.logits(sound.map(({ pixels }) => pixels)) : new Float32Array(0);
    return decoded.map((answer, i) => {
      const { name } = pictures[i]!;
      if (answer.kind === 'broken') return { kind: 'refused', name, message: `${name}: ${answer.reason}.` };
      if (answer.kind === 'unfit') {
        const hint = 'Take a larger picture: the config of the run does not have its pictures enlarged.';
        return { kind: 'refused', name, message: `${name} does not fit. ${answer.message}`, hint };
      }
      const at = sound.indexOf(answer) * classes;
      const likely = mostLikely(logits.subarray(at, at + classes), this.classNames);
      const { pixels, shape } = answer;
      return {
        kind: 'classified',
        name,
        picture: { ...shape, pixels: Uint8Array.from(pixels) },
        likely,
        note: this.noteOf(answer),
      };
    });
  }

  private get classNames(): readonly string[] {
    const { file, plan } = this.stored;
    return file.classNames ?? Array.from({ length: plan.classes }, (_, k) => String(k));
  }

  /** What became of a picture that has another aspect than those of the run. */
  private noteOf({ header, shape }: Decoded): string | undefined {
    if (!header || (this.fitting.fit ?? 'shrink') !== 'shrink') return undefined;
    const width = (header.width * shape.height) / header.height;
    if (Math.abs(width - shape.width) <= 1) return undefined;
    const [before, after] = [header, shape].map((size) => `${size.height} × ${size.width}`);
    return `Its aspect is not that of the run’s pictures: ${before} became ${after}.`;
  }
}

/**
 * As the config has it, into the shape of the network: for the run's own pictures that is the size they came
 * to, and others may be of another aspect or have other channels.
 * @throws UserError for a network that takes channels that pictures do not have
 */
function fittingOf(folder: RunFolder, { height, width, channels }: ImageShape): Fitting {
  const { fit, enlarge } = folder.run.config.data;
  if (channels !== 1 && channels !== 3) {
    throw new UserError(
      `The network of the run ${folder.run.runId} takes images of ${channels} channels, not pictures in grey or colour.`,
      'Classify images of its data set with the generated code.',
      'colour',
    );
  }
  return { imageSize: [height, width], fit, enlarge, colour: channels === 1 ? 'grey' : 'rgb' };
}
