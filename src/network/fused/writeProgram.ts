/** Writes the program of a whole network: forward, loss, and backward as far as wanted. */
import { CellWriter, type Active } from './cell';
import type { AuxiliaryModel, ClassifierModel, NetworkModel } from './model';
import { NormWriter, type Affine } from './norm';
import { Pass, type Wanted } from './pass';
import { shifted, type Place, type ProgramSize } from './machine/place';
import { ProgramBuilder, type EncodedProgram } from './machine/program';
import { ProjectionWriter } from './projection';
import { RegroupWriter } from './regroup';
import { Piece } from './piece';

/** A program with the places through which it is fed and read. */
export interface NetworkProgram {
  readonly encoded: EncodedProgram;
  readonly wanted: Wanted;
  /** Images [h, w, lanes] of the batch. */
  readonly images: Place;
  /**
   * Class of each image, a 32-bit integer, what its share of the mean loss is divided by, a float, and where it is mixed the class
   * of the other with the share of the own one, else its own class and 1; then ε of label smoothing.
   */
  readonly labels: Place;
  /** Loss of each image, and the class of its largest logit. */
  readonly scores: Place;
  /** Likewise of the auxiliary classifier, where the program computes it. */
  readonly auxiliary: Judged | undefined;
  /** What each image's softmax is taken of, [classes]. */
  readonly logits: Place;
  /** [cell][edge]: factor of each image, where the program has drop-path. */
  readonly gates: readonly (readonly (Place | undefined)[])[];
  /** Moments of every BN by its index. */
  readonly moments: ReadonlyMap<number, Place>;
  /** Working images whose borders have to be zero before the program runs. */
  readonly borders: readonly Place[];
}

/** Where a classifier reads what is right, and writes what it predicts. */
type Judged = Pick<NetworkProgram, 'labels' | 'scores' | 'logits'>;

/** Bytes of what `classify` reads of an image's label. */
const labelBytes = 20;

export interface ProgramOptions {
  readonly size: ProgramSize;
  readonly wanted: Wanted;
  /** Which candidates of a cell are computed. */
  active(cell: number): Active;
  /** Whether every edge has a factor for every image. */
  readonly gated: boolean;
}

export function writeProgram(model: NetworkModel, options: ProgramOptions): NetworkProgram {
  const { size, wanted, gated } = options;
  const program = new ProgramBuilder(size);
  const pass = new Pass(program, wanted);
  const { plan } = model.structure;
  const input = model.stem.steps[0]![0]!.input;
  const images = program.lasting('image', input.bytes);
  const judgedPlaces = (): Judged => ({
    labels: program.lasting('image', labelBytes),
    scores: program.lasting('image', 8),
    logits: program.lasting('image', 4 * plan.classes),
  });
  const judged = judgedPlaces();
  const image = new Piece(pass, input, { start: 0, count: input.channels }, 1, images);

  const stem = new ProjectionWriter(pass, model.stem, [image], model.stemBorder);
  stem.forward();
  pass.barrier();
  stem.finish();
  let older = stem.pieces;
  let newer = stem.pieces;
  const gates: (Place | undefined)[][] = [];
  const outputs: (readonly Piece[])[] = [];
  const cells = model.cells.map((cell, index) => {
    const ofEdges = cell.nodes.flat().map(() => (gated ? program.lasting('image', 4) : undefined));
    gates.push(ofEdges);
    const inputs = [older, newer].slice(-cell.plan.inputs.length);
    const run = new CellWriter(pass, cell, inputs, options.active(index), (edge) => ofEdges[edge]);
    if (cell.preprocess.some((projection) => projection)) {
      run.project();
      pass.barrier();
    }
    run.forward();
    older = newer;
    newer = run.output;
    outputs.push(newer);
    return run;
  });
  const joined =
    model.head && newer.length > 1
      ? new RegroupWriter(pass, model.features, newer, plan.features.channels, 1)
      : undefined;
  joined?.forward();
  const last = (joined?.pieces ?? newer)[0]!;
  const head = model.head && new HeadWriter(pass, new NormWriter(pass, model.head, last.geometry), last);
  head?.forward();
  classify(pass, model.classifier, plan.classes, head ? [head.piece] : newer, judged);
  // Nothing but training reads it.
  const beside = wanted.weights && model.auxiliary ? judgedPlaces() : undefined;
  const auxiliary =
    beside && new AuxiliaryWriter(pass, model.auxiliary!, outputs[model.auxiliary!.from]!, plan.classes);
  auxiliary?.forward(beside!);
  if (pass.backward) {
    pass.startBackward();
    head?.backward();
    joined?.backward();
    for (const [index, run] of [...cells.entries()].reverse()) {
      // Behind the cells that read the same output: the first of them may write its gradient rather than add to it.
      if (index === model.auxiliary?.from) auxiliary?.backward();
      run.backward();
      run.backwardProjections();
    }
    stem.backwardSums();
    pass.barrier();
    stem.backward(false);
  }
  pass.barrier();
  return {
    encoded: program.encode(model.end),
    ...{ wanted, images, ...judged, auxiliary: beside, gates },
    moments: pass.moments,
    borders: pass.borders.buffers,
  };
}

/** Global average pooling, classifier, loss, and their gradients. */
function classify(
  pass: Pass,
  { weight, bias }: ClassifierModel,
  classes: number,
  pieces: readonly Piece[],
  { labels, scores, logits }: Judged,
): void {
  const { program } = pass;
  const inputs = weight.rows;
  const features = program.scratch('features', 4 * inputs);
  const dLogits = program.scratch('logit gradients', 4 * classes);
  let lane = 0;
  const placed = pieces.map((piece) => {
    const at = 4 * lane;
    lane += piece.geometry.lanes;
    return { piece, at };
  });
  for (const { piece, at } of placed) {
    const { pixels, lanes } = piece.geometry;
    pass.emit('poolFeatures', { x: piece.map, features: shifted(features, at), pixels, channels: lanes });
  }
  pass.emit('classify', {
    ...{ features, w: weight.values, b: bias.values, label: labels, score: scores, logits, dLogits },
    ...{ inputs, classes },
  });
  if (!pass.backward) return;
  if (pass.wanted.weights) {
    const [dw, db] = [pass.gradientSums(weight), pass.gradientSums(bias)];
    pass.emit('classifierFilterGradient', { features, dLogits, dw, db, inputs, classes });
  }
  const dFeatures = program.scratch('feature gradients', 4 * inputs);
  pass.emit('classifierInputGradient', { w: weight.values, dLogits, dFeatures, inputs, classes });
  for (const { piece, at } of placed) {
    const { pixels, lanes } = piece.geometry;
    const place = piece.writtenGradient();
    const own = shifted(dFeatures, at);
    pass.emit('poolFeaturesGradient', { dFeatures: own, dx: place, pixels, channels: lanes });
  }
}

/** The classifier in the middle of a network, with what is before it. */
class AuxiliaryWriter {
  private readonly cell: CellWriter;
  private head: HeadWriter | undefined;

  constructor(
    private readonly pass: Pass,
    private readonly model: AuxiliaryModel,
    input: readonly Piece[],
    private readonly classes: number,
  ) {
    const all = (): boolean => true;
    this.cell = new CellWriter(pass, model.cell, [input], all, () => undefined);
  }

  forward(judged: Judged): void {
    const { pass, model, cell, classes } = this;
    cell.project();
    pass.barrier();
    cell.forward();
    const [output] = cell.output;
    this.head = new HeadWriter(pass, new NormWriter(pass, model.head, output!.geometry), output!);
    this.head.forward();
    classify(pass, model.classifier, classes, [this.head.piece], judged);
  }

  backward(): void {
    this.head!.backward();
    this.cell.backward();
    this.cell.backwardProjections();
  }
}

/** BN and ReLU between the last cell and the classifier (NAS-Bench-201). */
class HeadWriter {
  readonly piece: Piece;
  private map: Affine | undefined;

  constructor(
    private readonly pass: Pass,
    private readonly norm: NormWriter,
    private readonly input: Piece,
  ) {
    this.piece = new Piece(pass, input.geometry, input.channels, input.border);
  }

  forward(): void {
    const { pass, norm, input, piece } = this;
    norm.collect(input.map);
    this.map = norm.fold();
    pass.barrier();
    const { height, width, lanes, rowBytes } = piece.geometry;
    pass.emit('padNormalized', {
      ...{ z: input.map, ...this.map, y: piece.map },
      ...{ height, width, channels: lanes, yRow: rowBytes, relu: true },
    });
  }

  backward(): void {
    const { pass, norm, input, piece } = this;
    const g = piece.gradient!;
    const vectors = norm.gradient(g, input.map, undefined, undefined, this.map);
    pass.barrier();
    norm.gradientOfZ(g, input.map, vectors, input.writtenGradient());
  }
}
