/**
 * An operation as blocks: linear layers followed by BN, each reading the one before through its BN and ReLU. Between two
 * barriers all images go through one block of many operations; what is kept for the backward pass is the input of
 * each block's last product, and not the product, nor anything that BN or ReLU made of it.
 */
import type { LayerStructure } from '../structure';
import { Unsupported } from '../unsupported';
import type { Bordered, Geometry } from './images';
import { NormWriter, type Affine, type Norm } from './norm';
import type { Pass } from './pass';
import type { Place } from './machine/place';
import { geometryOf, Pointwise, stepOf, type Reader, type Sink, type Step } from './steps';
import type { Channels, WeightStore } from './weightStore';

export interface Block {
  readonly relu: boolean;
  readonly steps: readonly Step[];
  readonly norm?: Norm;
  readonly output: Geometry;
}

export function allOf(count: number): Channels {
  return { start: 0, count };
}

/** BN of some of a layer's channels. */
export function normOf(
  { batchNorm, scale, shift }: LayerStructure,
  channels: Channels,
  store: WeightStore,
): Norm {
  return {
    index: batchNorm!,
    scale: scale === undefined ? undefined : store.vector(scale, channels),
    shift: shift === undefined ? undefined : store.vector(shift, channels),
  };
}

/**
 * Cuts layers into blocks. Identities vanish.
 * @throws Unsupported where a layer has no kernels, or a ReLU follows anything but BN
 */
export function blocksOf(layers: readonly LayerStructure[], store: WeightStore): Block[] {
  const blocks: Block[] = [];
  let relu = false;
  let steps: Step[] = [];
  const close = (output: LayerStructure['output'], norm?: Norm): void => {
    blocks.push({ relu, steps, norm, output: geometryOf(output) });
    relu = false;
    steps = [];
  };
  for (const structure of layers) {
    const { kind } = structure.layer;
    if (kind === 'identity') continue;
    if (kind === 'relu') {
      if (steps.length > 0) throw new Unsupported('a ReLU between linear layers');
      relu = true;
    } else if (kind === 'batchNorm') {
      close(structure.output, normOf(structure, allOf(structure.input.channels), store));
    } else {
      steps.push(stepOf(structure, allOf(structure.input.channels), allOf(structure.output.channels), store));
    }
  }
  if (steps.length > 0) close(layers.at(-1)!.output);
  if (relu) throw new Unsupported('a ReLU at the end of an operation');
  return blocks;
}

/** Brings its image into working memory, once for all that read it in a segment. */
abstract class WorkingReader implements Reader {
  constructor(
    readonly geometry: Geometry,
    /** The largest border that anybody asks for, so that one image serves all. */
    private readonly border: number,
  ) {}

  /** Writes the image to a place with rows of `row` bytes. */
  protected abstract write(pass: Pass, inside: Place, row: number): void;

  compact(pass: Pass): Place {
    const place = pass.program.scratch('relu', this.geometry.bytes);
    pass.fill(place, this, () => this.write(pass, place, this.geometry.rowBytes));
    return place;
  }

  bordered(pass: Pass, border: number): Bordered {
    const image = pass.borders.get('input', this.geometry, Math.max(border, this.border));
    pass.fill(image.inside, this, () => this.write(pass, image.inside, image.row));
    return image;
  }
}

/** Reads a map that is kept. */
export class MapReader extends WorkingReader {
  constructor(
    geometry: Geometry,
    private readonly map: Place,
    private readonly relu = false,
    border = 0,
  ) {
    super(geometry, border);
  }

  protected override write(pass: Pass, inside: Place, row: number): void {
    const { height, width, lanes } = this.geometry;
    pass.emit('pad', {
      ...{ x: this.map, y: inside, height, width, channels: lanes, yRow: row },
      relu: this.relu,
    });
  }

  override compact(pass: Pass): Place {
    return this.relu ? super.compact(pass) : this.map;
  }
}

/** Reads max(BN(z), 0) of a block. */
class NormalizedReader extends WorkingReader {
  constructor(
    private readonly block: BlockWriter,
    private readonly relu: boolean,
  ) {
    super(block.block.output, 0);
  }

  protected override write(pass: Pass, inside: Place, row: number): void {
    const { scale, shift } = this.block.map;
    const { height, width, lanes } = this.geometry;
    pass.emit('padNormalized', {
      ...{ z: this.block.z(pass), scale, shift, y: inside },
      ...{ height, width, channels: lanes, yRow: row, relu: this.relu },
    });
  }
}

/** Leaves a gradient in a place that nobody has written to. */
class PlaceSink implements Sink {
  private image: Bordered | undefined;

  constructor(
    private readonly geometry: Geometry,
    private readonly place: Place,
  ) {}

  compact(): { place: Place; accumulate: boolean } {
    return { place: this.place, accumulate: false };
  }

  bordered(pass: Pass, border: number): Bordered {
    this.image ??= pass.borders.cleared(pass.segment, 'sum', this.geometry, border);
    return this.image;
  }

  /** To be called when all is written. */
  flush(pass: Pass): void {
    if (!this.image) return;
    const { height, width, lanes, bytes } = this.geometry;
    const { inside, row } = this.image;
    pass.emit('clear', { x: this.place, bytes });
    pass.emit('addInside', {
      ...{ g: inside, x: this.place, dx: this.place },
      ...{ height, width, channels: lanes, gRow: row, masked: false },
    });
  }
}

/**
 * From how many channels on a product is kept between two segments of the same direction, and from how many on until
 * the backward pass. To make a product again costs its channels for every value, to keep it costs the same for any.
 */
const keeping = { forAWhile: 16, forGood: 32 };

/** A block in one program. */
export class BlockWriter {
  readonly norm: NormWriter | undefined;
  private readonly readers: Reader[];
  private readonly maps: Place[] = [];
  private followed = false;
  private folded: Affine | undefined;
  private vectors: Place | undefined;
  /** The last product where it is kept, and whether that was in the backward pass. */
  private kept: { readonly map: Place; readonly backward: boolean } | undefined;
  private gradientMap: Place | undefined;

  constructor(
    private readonly pass: Pass,
    readonly block: Block,
    reader: Reader,
  ) {
    this.norm = block.norm && new NormWriter(pass, block.norm, block.output);
    this.readers = [reader];
  }

  /** Reads this block's output as the next block does. */
  reader(relu: boolean): Reader {
    return new NormalizedReader(this, relu);
  }

  /** The map that normalizes, for a block that another follows. */
  get map(): Affine {
    return this.folded!;
  }

  private get last(): Step | undefined {
    return this.block.steps.at(-1);
  }

  /** The last layer where it is a product, with the reader of its input. */
  get product(): { readonly step: Pointwise; readonly reader: Reader } | undefined {
    return this.last instanceof Pointwise && this.last.output.lanes < keeping.forGood
      ? { step: this.last, reader: this.readers.at(-1)! }
      : undefined;
  }

  /** Linear layers and sums. @param followed whether another block reads this one through its BN */
  forward(followed: boolean): void {
    const { pass, block, readers, maps } = this;
    this.followed = followed;
    block.steps.forEach((step, i) => {
      const isLast = i === block.steps.length - 1;
      if (isLast && step.isProduct) return;
      const map = pass.map(step.output.bytes);
      step.forward(pass, readers[i]!, map);
      maps.push(map);
      if (!isLast) readers.push(new MapReader(step.output, map));
    });
    this.norm?.collect(this.z(pass));
    if (followed) this.folded = this.norm!.fold();
  }

  /** What BN reads, [h, w, c] of one image: kept, or made again. */
  z(pass: Pass): Place {
    const { last, readers, maps, block } = this;
    if (!last) return readers[0]!.compact(pass);
    if (!last.isProduct) return maps[block.steps.length - 1]!;
    const make = (place: Place): void => last.forward(pass, readers.at(-1)!, place);
    const { lanes, bytes } = last.output;
    // What only the sums read is not kept either; the mixture reads d.
    const isOnlySummed = !pass.inBackward && !this.followed && lanes < keeping.forGood;
    if (lanes < keeping.forAWhile || isOnlySummed) {
      const place = pass.program.scratch('z', bytes);
      pass.fill(place, this, () => make(place));
      return place;
    }
    const { inBackward } = pass;
    if (!this.kept || (this.kept.backward !== inBackward && lanes < keeping.forGood)) {
      this.kept = { map: pass.map(bytes), backward: inBackward };
      make(this.kept.map);
    }
    return this.kept.map;
  }

  /**
   * Through the linear layers, from the gradient of z to that of the input.
   * @param previous the block that is read, where this is not the first; it receives the gradient
   */
  backward(dz: Place, sink: Sink | undefined, previous?: BlockWriter): void {
    const { pass, block, readers, maps } = this;
    const inner = previous && pass.map(previous.block.output.bytes);
    let dy = dz;
    for (let i = block.steps.length - 1; i >= 0; i--) {
      const step = block.steps[i]!;
      if (i === 0 && !inner) {
        step.backward(pass, readers[0]!, maps[0], dy, sink);
        return;
      }
      const place = inner && i === 0 ? inner : pass.program.scratch(`between ${i}`, step.input.bytes);
      const between = new PlaceSink(step.input, place);
      step.backward(pass, readers[i]!, maps[i], dy, between);
      between.flush(pass);
      dy = place;
    }
    previous!.receive(inner!);
  }

  /** Takes the gradient of what the next block read; the vectors of z's gradient are there after the segment. */
  private receive(g: Place): void {
    this.gradientMap = g;
    this.vectors = this.norm!.gradient(g, this.z(this.pass), undefined, undefined, this.map);
  }

  /** The gradient of z for a block that another follows, in working memory. */
  receivedGradient(): Place {
    const out = this.pass.program.scratch('dz', this.block.output.bytes);
    this.norm!.gradientOfZ(this.gradientMap!, this.z(this.pass), this.vectors!, out);
    return out;
  }
}
