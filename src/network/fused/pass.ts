/** What all parts of a network share while one program is written for it. */
import { Borders } from './images';
import { align } from './machine/placement';
import type { Buffer, Place } from './machine/place';
import type { ImageSegment, ProgramBuilder, TaskSegment } from './machine/program';
import { call, type Arguments, type Call, type KernelName } from './machine/signatures';
import type { Matrix } from './weightStore';

/** What a program computes beside the loss. */
export interface Wanted {
  /** ∂L/∂w. */
  readonly weights: boolean;
  /** ∂L/∂ mixture weights. */
  readonly mixtures: boolean;
  /** BN reads moments that are given instead of those of the batch. */
  readonly inference: boolean;
}

/** The program as it is written: the segment that is being filled, and what comes after it. */
class Schedule {
  readonly borders: Borders;
  /** Before the first image: weights for pairs, then what is made of weights. */
  readonly pairing: TaskSegment;
  readonly preparation: TaskSegment;
  /** Moments of the BNs in this program, by their index in the network. */
  readonly moments = new Map<number, Place>();
  inBackward = false;
  segment: ImageSegment;
  private pending: Call[][] = [];
  private readonly contents = new Map<Buffer, { owner: object; segment: ImageSegment }>();

  constructor(private readonly program: ProgramBuilder) {
    this.borders = new Borders(program);
    this.pairing = program.tasks();
    this.preparation = program.tasks();
    this.segment = program.images();
  }

  fill({ buffer }: Place, owner: object, write: () => void): void {
    const held = this.contents.get(buffer);
    if (held?.owner === owner && held.segment === this.segment) return;
    write();
    this.contents.set(buffer, { owner, segment: this.segment });
  }

  afterwards(instructions: Call[]): Call[] {
    this.pending.push(instructions);
    return instructions;
  }

  barrier(): void {
    const tasks = this.program.tasks();
    for (const task of this.pending) this.program.task(tasks, ...task);
    this.pending = [];
    this.segment = this.program.images();
  }
}

export class Pass {
  private readonly derived = new Map<Matrix, Map<Derivation, Place>>();
  private ofPairs: Pass | undefined;

  constructor(
    readonly program: ProgramBuilder,
    readonly wanted: Wanted,
    private readonly schedule = new Schedule(program),
    /**
     * Whether maps hold two images side by side. Whoever writes instructions need not know: they run at the second image of
     * each pair, weights stand there for both images, and what is summed is the sum of both.
     */
    readonly paired = false,
  ) {}

  /** The same program, for parts in which two images lie side by side; its size must have pairs. */
  get pairs(): Pass {
    this.ofPairs ??= new Pass(this.program, this.wanted, this.schedule, true);
    return this.ofPairs;
  }

  get batch(): number {
    return this.program.size.batch;
  }

  get backward(): boolean {
    return this.wanted.weights || this.wanted.mixtures;
  }

  /** Whether the loss has been computed. */
  get inBackward(): boolean {
    return this.schedule.inBackward;
  }

  /** To be called once the loss is computed. */
  startBackward(): void {
    this.schedule.inBackward = true;
  }

  get borders(): Borders {
    return this.schedule.borders;
  }

  /** Moments of the BNs in this program, by their index in the network. */
  get moments(): Map<number, Place> {
    return this.schedule.moments;
  }

  /** The segment being written. */
  get segment(): ImageSegment {
    return this.schedule.segment;
  }

  /** Calls a kernel for every image, or every pair. */
  emit<K extends KernelName>(kernel: K, given: Arguments<K>): void {
    const when = this.paired ? 'secondOfPair' : 'everyImage';
    this.program.emit(this.segment, call(kernel, given), when);
  }

  /** Memory for a map of every image, or of every pair. */
  map(bytes: number): Place {
    return this.program.buffer(this.paired ? 'pair' : 'image', bytes);
  }

  /** Writes working memory unless it still holds what the same owner wrote in this segment. */
  fill(place: Place, owner: object, write: () => void): void {
    this.schedule.fill(place, owner, write);
  }

  /** A task for after this segment. More instructions may be added to the list until `barrier`. */
  afterwards(...instructions: Call[]): Call[] {
    return this.schedule.afterwards(instructions);
  }

  /** Ends the segment: all images are through it, and then its tasks are done, before anything that follows. */
  barrier(): void {
    this.schedule.barrier();
  }

  /** Cleared memory of each chunk, for sums over its images. */
  sums(bytes: number): Place {
    const place = this.program.buffer('chunk', align(bytes));
    this.program.emit(this.segment, call('clear', { x: place, bytes: align(bytes) }), 'firstOfChunk');
    return place;
  }

  /** Where the images of a chunk add their share of a weight's gradient. */
  gradientSums(matrix: Matrix): Place {
    const { rows, columns, gradient } = matrix;
    const bytes = align(4 * rows * columns);
    const place = this.sums(bytes);
    const size = { chunks: this.program.size.chunks, count: bytes / 4 };
    if (!this.paired) {
      this.afterwards(call('sumChunks', { x: place, y: gradient, ...size }));
    } else {
      const sum = this.program.buffer('once', bytes);
      this.afterwards(
        call('sumChunks', { x: place, y: sum, ...size }),
        call('unpairWeights', { x: sum, y: gradient, rows, product: matrix.isProduct }),
      );
    }
    return place;
  }

  /** w as kernels read it. */
  values(matrix: Matrix): Place {
    return this.paired ? this.derive(matrix, 'pairWeights') : matrix.values;
  }

  /** wᵀ, made before the first segment. */
  transposed(matrix: Matrix): Place {
    return this.derive(matrix, 'transpose');
  }

  /** A depthwise filter with its taps in reverse order. */
  turned(matrix: Matrix): Place {
    return this.derive(matrix, 'turn');
  }

  private derive(matrix: Matrix, how: Derivation): Place {
    let known = this.derived.get(matrix);
    if (!known) this.derived.set(matrix, (known = new Map<Derivation, Place>()));
    let place = known.get(how);
    if (!place) {
      const { rows, columns, isProduct } = matrix;
      place = this.program.buffer('once', align(4 * rows * columns));
      const { pairing, preparation } = this.schedule;
      if (how === 'pairWeights') {
        const w = matrix.values;
        this.program.task(pairing, call('pairWeights', { w, y: place, rows, product: isProduct }));
      } else {
        const w = this.values(matrix);
        const made =
          how === 'turn'
            ? call('turn', { w, y: place, taps: rows, channels: columns })
            : call('transpose', { w, y: place, inputs: rows, outputs: columns });
        this.program.task(preparation, made);
      }
      known.set(how, place);
    }
    return place;
  }
}

type Derivation = 'transpose' | 'turn' | 'pairWeights';
