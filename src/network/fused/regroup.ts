/**
 * The same channels in other pieces: where a state that lies in one map goes on to cells with partial channels, or theirs to
 * layers that read one map, with no layer in between (NAS-Bench-201).
 */
import type { PieceShape } from './model';
import type { Pass } from './pass';
import type { Place } from './machine/place';
import { Piece } from './piece';
import { channelTable } from './channelShuffle';

export class RegroupWriter {
  readonly pieces: readonly Piece[];

  /**
   * @param inputs which nothing else reads
   * @param channels of all pieces together
   * @param border as in `Piece`
   */
  constructor(
    private readonly pass: Pass,
    shapes: readonly PieceShape[],
    private readonly inputs: readonly Piece[],
    private readonly channels: number,
    border: number,
  ) {
    this.pieces = shapes.map((shape) => new Piece(pass, shape.geometry, shape.channels, border));
  }

  forward(): void {
    const place = ({ map }: Piece): Place => map;
    this.move(this.inputs, this.inputs.map(place), this.pieces, this.pieces.map(place));
  }

  /** Once all readers have added their share. */
  backward(): void {
    const { inputs, pieces } = this;
    if (pieces.every(({ gradient }) => !gradient)) return;
    const gradients = pieces.map((piece) => piece.gradient ?? piece.addedGradient());
    const written = inputs.map((input) => input.writtenGradient());
    this.move(pieces, gradients, inputs, written);
  }

  private move(
    from: readonly Piece[],
    sources: readonly Place[],
    to: readonly Piece[],
    targets: readonly Place[],
  ): void {
    const { pass, channels } = this;
    to.forEach(({ geometry }, k) => {
      if (geometry.lanes > geometry.channels) pass.emit('clear', { x: targets[k]!, bytes: geometry.bytes });
    });
    from.forEach((source, i) =>
      to.forEach((target, k) => {
        // One group: every channel keeps its number.
        const pairs = channelTable(numbered(from, i), numbered(to, k), channels, 1, false);
        if (pairs.length === 0) return;
        const table = pass.program.constant(pairs);
        const { pixels, lanes } = source.geometry;
        pass.emit('moveChannels', {
          ...{ x: sources[i]!, y: targets[k]!, table, pixels },
          ...{ xChannels: lanes, yChannels: target.geometry.lanes, count: pairs.length / 2 },
        });
      }),
    );
  }
}

/** Channels of a piece among those of all. */
function numbered(pieces: readonly Piece[], index: number): { start: number; count: number } {
  const before = pieces.slice(0, index);
  const start = before.reduce((sum, { geometry }) => sum + geometry.channels, 0);
  return { start, count: pieces[index]!.geometry.channels };
}
