/** What all parts of a network share while one program is written for it. */
import { Opcode } from '../../../kernels/opcodes';
import { Borders } from './images';
import { align } from './placement';
import type { Buffer, ImageSegment, Place, ProgramBuilder, TaskSegment } from './program';
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

export type TaskInstruction = readonly [Opcode, readonly Place[], readonly number[]];

export class Pass {
  readonly borders: Borders;
  /** Whether the loss has been computed. */
  inBackward = false;
  private readonly preparation: TaskSegment;
  private pending: TaskInstruction[][] = [];
  private current: ImageSegment;
  /** Moments of the BNs in this program, by their index in the network. */
  readonly moments = new Map<number, Place>();
  private readonly contents = new Map<Buffer, { owner: object; segment: ImageSegment }>();
  private readonly derived = new Map<Matrix, Map<'transpose' | 'turn', Place>>();

  constructor(
    readonly program: ProgramBuilder,
    readonly wanted: Wanted,
  ) {
    this.borders = new Borders(program);
    this.preparation = program.tasks();
    this.current = program.images();
  }

  get batch(): number {
    return this.program.size.batch;
  }

  get backward(): boolean {
    return this.wanted.weights || this.wanted.mixtures;
  }

  /** The segment being written. */
  get segment(): ImageSegment {
    return this.current;
  }

  emit(opcode: Opcode, operands: readonly Place[], numbers: readonly number[]): void {
    this.program.emit(this.current, opcode, operands, numbers);
  }

  /** Writes working memory unless it still holds what the same owner wrote in this segment. */
  fill({ buffer }: Place, owner: object, write: () => void): void {
    const held = this.contents.get(buffer);
    if (held?.owner === owner && held.segment === this.current) return;
    write();
    this.contents.set(buffer, { owner, segment: this.current });
  }

  /** A task for after this segment. More instructions may be added to the list until `barrier`. */
  afterwards(...instructions: TaskInstruction[]): TaskInstruction[] {
    this.pending.push(instructions);
    return instructions;
  }

  /** Ends the segment: all images are through it, and then its tasks are done, before anything that follows. */
  barrier(): void {
    const tasks = this.program.tasks();
    for (const task of this.pending) this.program.task(tasks, ...task);
    this.pending = [];
    this.current = this.program.images();
  }

  /** Cleared memory of each chunk, for sums over its images. */
  sums(bytes: number): Place {
    const place = this.program.buffer('chunk', align(bytes));
    this.program.emit(this.current, Opcode.clear, [place], [align(bytes)], true);
    return place;
  }

  /** Where the images of a chunk add their share of a weight's gradient. */
  gradientSums({ rows, columns, gradient }: Matrix): Place {
    const bytes = align(4 * rows * columns);
    const place = this.sums(bytes);
    this.afterwards([Opcode.sumChunks, [place, gradient], [this.program.size.chunks, bytes / 4]]);
    return place;
  }

  /** wᵀ, made before the first segment. */
  transposed(matrix: Matrix): Place {
    return this.derive(matrix, 'transpose');
  }

  /** A depthwise filter with its taps in reverse order. */
  turned(matrix: Matrix): Place {
    return this.derive(matrix, 'turn');
  }

  private derive(matrix: Matrix, how: 'transpose' | 'turn'): Place {
    let known = this.derived.get(matrix);
    if (!known) this.derived.set(matrix, (known = new Map<'transpose' | 'turn', Place>()));
    let place = known.get(how);
    if (!place) {
      place = this.program.buffer('once', align(4 * matrix.rows * matrix.columns));
      this.program.task(this.preparation, [
        Opcode[how],
        [matrix.values, place],
        [matrix.rows, matrix.columns],
      ]);
      known.set(how, place);
    }
    return place;
  }
}
