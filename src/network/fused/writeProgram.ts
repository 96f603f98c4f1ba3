/** Writes the program of a whole network: forward, loss, and backward as far as wanted. */
import { CellWriter, type Active } from './cell';
import type { NetworkModel } from './model';
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
   * of the other with the share of the own one; else its own class and 1.
   */
  readonly labels: Place;
  /** Loss of each image, and the class of its largest logit. */
  readonly scores: Place;
  /** What each image's softmax is taken of, [classes]. */
  readonly logits: Place;
  /** [cell][edge]: factor of each image, where the program has drop-path. */
  readonly gates: readonly (readonly (Place | undefined)[])[];
  /** Moments of every BN by its index. */
  readonly moments: ReadonlyMap<number, Place>;
  /** Working images whose borders have to be zero before the program runs. */
  readonly borders: readonly Place[];
}

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
  const labels = program.lasting('image', 16);
  const scores = program.lasting('image', 8);
  const logits = program.lasting('image', 4 * plan.classes);
  const image = new Piece(pass, input, { start: 0, count: input.channels }, 1, images);

  const stem = new ProjectionWriter(pass, model.stem, [image], model.stemBorder);
  stem.forward();
  pass.barrier();
  stem.finish();
  let older = stem.pieces;
  let newer = stem.pieces;
  const gates: (Place | undefined)[][] = [];
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
  classify(pass, model, head ? [head.piece] : newer, { labels, scores, logits });
  if (pass.backward) {
    pass.startBackward();
    head?.backward();
    joined?.backward();
    for (const run of cells.reverse()) {
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
    ...{ wanted, images, labels, scores, logits, gates },
    moments: pass.moments,
    borders: pass.borders.buffers,
  };
}

/** Global average pooling, classifier, loss, and their gradients. */
function classify(
  pass: Pass,
  model: NetworkModel,
  pieces: readonly Piece[],
  { labels, scores, logits }: Pick<NetworkProgram, 'labels' | 'scores' | 'logits'>,
): void {
  const { weight, bias } = model.classifier;
  const { classes } = model.structure.plan;
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
