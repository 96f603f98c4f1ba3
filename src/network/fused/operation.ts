/**
 * One operation on the edges that leave a state. An operation with weights serves one edge; one without serves all edges,
 * since it computes the same for each. Its last BN, the weight of the mixture and its last product become one matrix.
 */
import { BlockWriter, type Block } from './block';
import type { Pass } from './pass';
import { nowhere, shifted, type Place } from './machine/place';
import { call } from './machine/signatures';
import type { Reader, Sink } from './steps';

/** Where the mixture's weight of an operation on an edge lies, and its gradient; `nowhere` where it is 1 for good. */
export interface MixtureWeight {
  readonly value: Place;
  readonly gradient: Place;
}

/** What the edges into a node add up to. */
export interface Sum {
  /** The gradient with respect to it, known once everything after the node is differentiated. */
  gradient(): Place | undefined;
  /** Room for the shift of one more term. */
  addShift(): Place;
}

/** An edge that an operation serves. */
export interface Target {
  readonly sum: Sum;
  readonly weight: MixtureWeight;
  /** Factor of each image (drop-path), one float an image. */
  readonly gate?: Place;
}

/** What an operation adds to one node, folded. */
interface Term {
  readonly scale?: Place;
  readonly shift?: Place;
  /** The last product with BN and the weight folded in. */
  readonly matrix?: Place;
  vectors?: Place;
}

export class OperationWriter {
  private readonly blocks: BlockWriter[] = [];
  private readonly targets: Target[] = [];
  private readonly terms = new Map<Target, Term>();

  constructor(
    private readonly pass: Pass,
    blocks: readonly Block[],
    /** Of the state, without and with a ReLU. */
    private readonly readerOf: (relu: boolean) => Reader,
  ) {
    for (const block of blocks) {
      const reader = this.blocks.at(-1)?.reader(block.relu) ?? readerOf(block.relu);
      this.blocks.push(new BlockWriter(pass, block, reader));
    }
  }

  /** Takes an edge on, before anything is written. */
  serve(target: Target): void {
    this.targets.push(target);
  }

  get levels(): number {
    return this.blocks.length;
  }

  /** Whether the first block reads the state through a ReLU. */
  get relu(): boolean {
    return this.blocks[0]?.block.relu ?? false;
  }

  /** One block. The levels of all operations that leave a state are written side by side, with barriers between. */
  forward(level: number): void {
    const block = this.blocks[level];
    if (!block) return;
    const isLast = level === this.levels - 1;
    block.forward(!isLast);
    if (!isLast) return;
    for (const target of this.targets) this.terms.set(target, this.term(target, block));
  }

  private term(target: Target, { norm, product }: BlockWriter): Term {
    if (!norm) return {};
    const { value } = target.weight;
    // With a gate the shift is not the same for all images, so that it cannot be added up beforehand.
    const { scale, shift } = norm.fold(value, target.gate ? undefined : target.sum.addShift());
    if (!product || target.gate) return { scale, shift };
    const { rows, columns } = product.step.matrix;
    const matrix = this.pass.program.buffer('once', 4 * rows * columns);
    const w = this.pass.values(product.step.matrix);
    norm.then(call('scaleColumns', { w, scale, y: matrix, inputs: rows, outputs: columns }));
    return { scale, shift, matrix };
  }

  /** Adds this operation's term of an edge to the node's sum. */
  addTo(target: Target, sum: Place): void {
    const { pass, blocks } = this;
    const block = blocks.at(-1);
    if (!block) return this.addMultiple(this.readerOf(false).compact(pass), target, sum);
    const term = this.terms.get(target)!;
    const { pixels, lanes } = block.block.output;
    if (term.matrix) {
      const { step, reader } = block.product!;
      step.multiply(pass, reader.compact(pass), term.matrix, sum, true);
    } else if (!block.norm) {
      this.addMultiple(this.gated(block.z(pass), target), target, sum);
    } else if (target.gate) {
      pass.emit('gatedAdd', {
        ...{ z: block.z(pass), scale: term.scale!, shift: term.shift!, gate: target.gate, y: sum },
        ...{ pixels, channels: lanes },
      });
    } else {
      pass.emit('scaledAdd', { z: block.z(pass), scale: term.scale!, y: sum, pixels, channels: lanes });
    }
  }

  private get floats(): number {
    const { pixels, lanes } = this.blocks.at(-1)?.block.output ?? this.readerOf(false).geometry;
    return pixels * lanes;
  }

  private addMultiple(x: Place, { weight }: Target, sum: Place): void {
    const sizes = { x, y: sum, count: this.floats };
    if (weight.value === nowhere) this.pass.emit('add', sizes);
    else this.pass.emit('multipleAdd', { ...sizes, factor: weight.value });
  }

  /** First part of the backward pass: what the last BN and the weights need to know of all images. */
  backwardSums(): void {
    const { pass, blocks } = this;
    const block = blocks.at(-1);
    for (const target of this.targets) {
      const g = this.gatedGradient(target);
      if (!g) continue;
      if (block?.norm) {
        const term = this.terms.get(target)!;
        const { value, gradient } = target.weight;
        term.vectors = block.norm.gradient(g, block.z(pass), value, gradient);
      } else if (pass.wanted.mixtures && target.weight.gradient !== nowhere) {
        const sums = pass.sums(8);
        const x = block ? block.z(pass) : this.readerOf(false).compact(pass);
        pass.emit('dot', { g, x, sum: sums, count: this.floats });
        const { chunks } = pass.program.size;
        pass.afterwards(call('sumDoubles', { table: sums, y: target.weight.gradient, chunks }));
      }
    }
  }

  private gatedGradient(target: Target): Place | undefined {
    const g = target.sum.gradient();
    return g && this.gated(g, target);
  }

  /** x times the factor of the image. */
  private gated(x: Place, { gate }: Target): Place {
    if (!gate) return x;
    const place = this.pass.program.scratch('gated', 4 * this.floats);
    this.pass.emit('multiple', { x, factor: gate, y: place, count: this.floats });
    return place;
  }

  /** The backward pass of one block; that of the first one ends in the sink. */
  backward(level: number, sink: Sink): void {
    const { blocks } = this;
    if (blocks.length === 0) {
      if (level === 0) this.backwardIdentity(sink);
      return;
    }
    const block = blocks[level];
    if (!block || this.targets.every(({ sum }) => !sum.gradient())) return;
    const dz = level === this.levels - 1 ? this.gradientOfLast(block) : block.receivedGradient();
    block.backward(dz, sink, blocks[level - 1]);
  }

  private backwardIdentity(sink: Sink): void {
    for (const target of this.targets) {
      const g = this.gatedGradient(target);
      if (g) this.addMultiple(g, target, sink.compact(this.pass).place);
    }
  }

  /** The sum over the edges of the gradients of z. */
  private gradientOfLast(block: BlockWriter): Place {
    const { pass } = this;
    const out = pass.program.scratch('dz', 4 * this.floats);
    let accumulate = false;
    for (const target of this.targets) {
      const g = this.gatedGradient(target);
      if (!g) continue;
      if (block.norm) {
        block.norm.gradientOfZ(g, block.z(pass), this.terms.get(target)!.vectors!, out, accumulate);
      } else {
        if (!accumulate) pass.emit('clear', { x: out, bytes: 4 * this.floats });
        this.addMultiple(g, target, out);
      }
      accumulate = true;
    }
    return out;
  }
}

/** Room for the shifts of the terms of a node: a table that grows while terms are added. */
export class Shifts {
  private readonly table: Place;
  private count = 0;

  constructor(
    pass: Pass,
    terms: number,
    private readonly lanes: number,
  ) {
    this.table = pass.program.buffer('once', 4 * lanes * Math.max(1, terms));
  }

  add(): Place {
    return shifted(this.table, 4 * this.lanes * this.count++);
  }

  /** y = the sum of all shifts at every pixel. */
  fill(pass: Pass, y: Place, pixels: number): void {
    const { count, lanes, table } = this;
    if (count === 0) pass.emit('clear', { x: y, bytes: 4 * pixels * lanes });
    else pass.emit('fill', { vectors: table, y, terms: count, pixels, channels: lanes });
  }
}
