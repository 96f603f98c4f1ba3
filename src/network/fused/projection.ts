/** A linear layer and BN whose result is kept, in all pieces of a state: stems and inputs of cells. */
import type { ProjectionModel } from './model';
import { NormWriter, type Affine } from './norm';
import type { Pass } from './pass';
import type { Place } from './machine/place';
import { Piece, PieceSink } from './piece';

export class ProjectionWriter {
  readonly pieces: readonly Piece[];
  private readonly norms: readonly NormWriter[];
  private readonly z: readonly Place[];
  private maps: readonly Affine[] = [];
  private vectors: readonly (Place | undefined)[] = [];

  constructor(
    private readonly pass: Pass,
    private readonly model: ProjectionModel,
    private readonly inputs: readonly Piece[],
    border: number,
  ) {
    this.pieces = model.pieces.map(({ geometry, channels }) => new Piece(pass, geometry, channels, border));
    this.norms = model.norms.map((norm, i) => new NormWriter(pass, norm, model.pieces[i]!.geometry));
    this.z = model.pieces.map(({ geometry }) => pass.map(geometry.bytes));
  }

  /** The linear layer and its sums. */
  forward(): void {
    const { pass, model, inputs, z, norms } = this;
    // Read by read: each is brought into the form that the layer wants once.
    inputs.forEach((input, read) => {
      z.forEach((place, written) =>
        model.steps[written]![read]!.forward(pass, input.reader(model.relu), place, read > 0),
      );
    });
    norms.forEach((norm, i) => norm.collect(z[i]!));
    this.maps = norms.map((norm) => norm.fold());
  }

  /** Normalizes; in a later segment. */
  finish(): void {
    this.pieces.forEach(({ map, geometry }, i) => {
      const { scale, shift } = this.maps[i]!;
      const { pixels, lanes } = geometry;
      this.pass.emit('affine', { z: this.z[i]!, scale, shift, y: map, pixels, channels: lanes });
    });
  }

  backwardSums(): void {
    this.vectors = this.pieces.map(({ gradient, map }, i) => {
      const norm = this.norms[i]!;
      if (!gradient) return undefined;
      return norm.isPlain ? norm.gradientOfPlain(gradient, map) : norm.gradient(gradient, this.z[i]!);
    });
  }

  /** In a later segment than the sums. @param toInputs whether anybody asks for the gradient of what is read */
  backward(toInputs: boolean): void {
    const { pass, model, inputs, pieces, z } = this;
    const sinks = inputs.map((input) => new PieceSink(input, model.relu));
    pieces.forEach(({ geometry, gradient, map }, written) => {
      const vectors = this.vectors[written];
      if (!gradient || !vectors) return;
      const dz = pass.program.scratch('dz', geometry.bytes);
      const kept = this.norms[written]!.isPlain ? map : z[written]!;
      this.norms[written]!.gradientOfZ(gradient, kept, vectors, dz);
      inputs.forEach((input, read) => {
        const sink = toInputs ? sinks[read] : undefined;
        model.steps[written]![read]!.backward(pass, input.reader(model.relu), undefined, dz, sink);
        sink?.flush();
      });
    });
  }
}
