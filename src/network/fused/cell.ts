/**
 * A cell in one program. Operations are taken by the state they leave, not by the node they enter: they share what they
 * read, and all images go through all of them between two barriers.
 */
import type { CellModel, OperationModel } from './model';
import { OperationWriter, Shifts, type Sum, type Target } from './operation';
import { join, PairedPiece, separate } from './pairs';
import type { Pass } from './pass';
import type { Place } from './machine/place';
import { ProjectionWriter } from './projection';
import { RegroupWriter } from './regroup';
import { Piece, PieceSink } from './piece';
import { channelTable } from './channelShuffle';

/** Whether an edge computes a candidate; `bypass` stands for the channels that pass by. */
export type Active = (edge: number, candidate: number | 'bypass') => boolean;

/** Drop-path: the factors of an edge, one float an image. */
export type GateOf = (edge: number) => Place | undefined;

/** What the edges into a node add up to in one of its pieces. */
class NodeSum implements Sum {
  private readonly shifts: Shifts;
  readonly terms: { readonly run: OperationWriter; readonly target: Target }[] = [];

  constructor(
    private readonly pass: Pass,
    readonly piece: Piece,
    maximumTerms: number,
    readonly gradient: () => Place | undefined,
  ) {
    this.shifts = new Shifts(pass, maximumTerms, piece.geometry.lanes);
  }

  addShift(): Place {
    return this.shifts.add();
  }

  write(place: Place): void {
    this.shifts.fill(this.pass, place, this.piece.geometry.pixels);
    for (const { run, target } of this.terms) run.addTo(target, place);
  }
}

export class CellWriter {
  /** Pieces of every state. */
  private readonly states: (readonly Piece[])[];
  private readonly projections: (ProjectionWriter | undefined)[];
  private readonly regroups: (RegroupWriter | undefined)[];
  private readonly sums: NodeSum[][] = [];
  /** By the state they leave, with the piece that each reads. */
  private readonly operations: { readonly run: OperationWriter; readonly piece: Piece }[][] = [];
  /** By state, where operations take two images at a time. */
  private readonly paired: PairedPiece[] = [];
  /** Gradients of a node's sums before the shuffle. */
  private readonly unshuffled = new Map<number, Place[]>();

  constructor(
    private readonly pass: Pass,
    private readonly model: CellModel,
    inputs: readonly (readonly Piece[])[],
    active: Active,
    gateOf: GateOf,
  ) {
    const { plan, border } = model;
    this.projections = model.preprocess.map(
      (projection, i) => projection && new ProjectionWriter(pass, projection, inputs[i]!, border),
    );
    this.regroups = model.regrouped.map(
      (shapes, i) => shapes && new RegroupWriter(pass, shapes, inputs[i]!, plan.inputs[i]!.channels, border),
    );
    this.states = inputs.map((input, i) => this.projections[i]?.pieces ?? this.regroups[i]?.pieces ?? input);
    model.nodes.forEach((edges, node) => {
      const state = plan.inputs.length + node;
      const pieces = model.pieces.map((p) => new Piece(pass, p.geometry, p.channels, border));
      this.states.push(pieces);
      const terms = edges.reduce((sum, edge) => sum + edge.operations.length, 1);
      this.sums.push(
        pieces.map((piece, i) => {
          const through = i === 0 && this.isPaired ? pass.pairs : pass;
          return new NodeSum(through, piece, terms, () => this.gradientOfSum(state, i));
        }),
      );
    });
    this.states.forEach(([taking, ...passing], state) => {
      const paired = this.isPaired ? new PairedPiece(pass, taking!) : undefined;
      if (paired) this.paired.push(paired);
      const read = [paired?.piece ?? taking!, ...passing];
      this.operations.push(this.operationsFrom(state, read, active, gateOf));
    });
  }

  /** Whether operations take two images at a time. */
  private get isPaired(): boolean {
    return this.model.fitsPairs && this.pass.program.size.pairs;
  }

  /** Pieces of the output, in order. */
  get output(): Piece[] {
    return this.model.plan.concat.flatMap((state) => this.states[state]!);
  }

  private operationsFrom(state: number, pieces: readonly Piece[], active: Active, gateOf: GateOf) {
    const runs: { run: OperationWriter; piece: Piece }[] = [];
    const shared = new Map<string, OperationWriter>();
    const add = (model: OperationModel, sum: NodeSum, piece: Piece, edge: number): void => {
      let run = shared.get(model.operation);
      if (!run) {
        run = new OperationWriter(piece.pass, model.blocks, (relu) => piece.reader(relu));
        runs.push({ run, piece });
        if (!model.hasWeights) shared.set(model.operation, run);
      }
      const target = { sum, weight: model.weight, gate: model.blocks.length > 0 ? gateOf(edge) : undefined };
      run.serve(target);
      sum.terms.push({ run, target });
    };
    this.model.nodes.forEach((edges, node) => {
      for (const { from, edge, operations, bypass } of edges) {
        if (from !== state) continue;
        const [taking, passing] = this.sums[node]!;
        operations.forEach((model, k) => model && active(edge, k) && add(model, taking!, pieces[0]!, edge));
        if (bypass && active(edge, 'bypass')) add(bypass, passing!, pieces[1]!, edge);
      }
    });
    return runs;
  }

  /** Inputs of the cell, then one node after the other. */
  private get groups(): number[][] {
    const inputs = this.model.plan.inputs.map((_, i) => i);
    return [inputs, ...this.model.nodes.map((_, node) => [inputs.length + node])];
  }

  /** The linear layers in front of the cell; `forward` goes on after a barrier. */
  project(): void {
    for (const projection of this.projections) projection?.forward();
  }

  forward(): void {
    for (const projection of this.projections) projection?.finish();
    for (const regroup of this.regroups) regroup?.forward();
    for (const group of this.groups) {
      for (const state of group) {
        this.complete(state);
        this.paired[state]?.forward();
      }
      const leaving = group.flatMap((state) => this.operations[state]!);
      const levels = Math.max(0, ...leaving.map(({ run }) => run.levels));
      for (let level = 0; level < levels; level++) {
        for (const { run } of leaving) run.forward(level);
        this.pass.barrier();
      }
    }
  }

  /** Adds up a node, once all operations into it are normalized. */
  private complete(state: number): void {
    const sums = this.sums[state - this.model.plan.inputs.length];
    if (!sums) return;
    const { pass, model } = this;
    if (sums.length === 1) return sums[0]!.write(sums[0]!.piece.map);
    const written = sums.map((sum, i) => {
      const { geometry } = sum.piece;
      const place = pass.program.scratch(`sum ${i}`, geometry.bytes);
      sum.write(place);
      if (i > 0 || !this.isPaired) return place;
      // The shuffle goes image by image: it would read the first of a pair before the second is there.
      const single = pass.map(geometry.bytes);
      separate(pass, place, single, geometry, false);
      pass.barrier();
      return single;
    });
    for (const { map, geometry } of this.states[state]!) {
      if (geometry.lanes > geometry.channels) pass.emit('clear', { x: map, bytes: geometry.bytes });
    }
    this.shuffle(
      written,
      this.states[state]!.map(({ map }) => map),
      model.plan.partial,
      false,
    );
  }

  /**
   * Channels of the sums to those of the node, or back: channel c of C goes to (c mod C/K)·K + ⌊c/(C/K)⌋, which
   * is the transposition of [K, C/K] (ShuffleNet; PC-DARTS with K groups).
   */
  private shuffle(from: readonly Place[], to: readonly Place[], groups: number, back: boolean): void {
    const { pieces, plan } = this.model;
    const pixels = pieces[0]!.geometry.pixels;
    from.forEach((source, i) =>
      to.forEach((target, k) => {
        const pairs = channelTable(pieces[i]!.channels, pieces[k]!.channels, plan.channels, groups, back);
        if (pairs.length === 0) return;
        const table = this.pass.program.constant(pairs);
        const [xChannels, yChannels] = [pieces[i]!.geometry.lanes, pieces[k]!.geometry.lanes];
        const count = pairs.length / 2;
        this.pass.emit('moveChannels', { x: source, y: target, table, pixels, xChannels, yChannels, count });
      }),
    );
  }

  /** The gradient of what the edges into a node add up to in one piece. */
  private gradientOfSum(state: number, piece: number): Place | undefined {
    const pieces = this.states[state]!;
    if (pieces.length === 1) return pieces[0]!.gradient;
    const known = this.unshuffled.get(state);
    if (known) return known[piece];
    if (pieces.every(({ gradient }) => !gradient)) return undefined;
    const gradients = pieces.map((p) => p.gradient ?? p.addedGradient());
    const places = pieces.map(({ geometry }) => {
      const place = this.pass.map(geometry.bytes);
      if (geometry.lanes > geometry.channels) this.pass.emit('clear', { x: place, bytes: geometry.bytes });
      return place;
    });
    this.shuffle(gradients, places, this.model.plan.partial, true);
    if (this.isPaired) {
      const { geometry } = pieces[0]!;
      const pair = this.pass.pairs.map(geometry.bytes);
      join(this.pass, places[0]!, pair, geometry);
      places[0] = pair;
    }
    this.unshuffled.set(state, places);
    return places[piece];
  }

  /** From the gradients of the output to those of the inputs; what comes before goes on in the same segment. */
  backward(): void {
    const { pass } = this;
    for (const group of this.groups.reverse()) {
      const leaving = group.map((state) => this.operations[state]!);
      const runs = leaving.flat().map(({ run }) => run);
      if (runs.length === 0) continue;
      for (const run of runs) run.backwardSums();
      pass.barrier();
      const levels = Math.max(1, ...runs.map((run) => run.levels));
      for (let level = levels - 1; level >= 0; level--) {
        for (const operations of leaving) this.backwardLevel(operations, level);
        if (level > 0) pass.barrier();
      }
      if (!this.isPaired) continue;
      // Likewise whatever reads the gradients of these states next.
      for (const state of group) this.paired[state]!.backward();
      pass.barrier();
    }
    for (const regroup of this.regroups) regroup?.backward();
  }

  private backwardLevel(operations: readonly { run: OperationWriter; piece: Piece }[], level: number): void {
    const sinks = new Map<Piece, PieceSink[]>();
    for (const { run, piece } of operations) {
      let pair = sinks.get(piece);
      if (!pair) sinks.set(piece, (pair = [new PieceSink(piece, false), new PieceSink(piece, true)]));
      run.backward(level, pair[run.relu ? 1 : 0]!);
    }
    for (const sink of [...sinks.values()].flat()) sink.flush();
  }

  /** The layers in front of the cell; the gradients of the outputs that they read are whole once all readers are through. */
  backwardProjections(): void {
    if (this.projections.every((projection) => !projection)) return;
    for (const projection of this.projections) projection?.backwardSums();
    this.pass.barrier();
    for (const projection of this.projections) projection?.backward(true);
  }
}
