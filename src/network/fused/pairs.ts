/**
 * Two images side by side in the vectors of a cell's operations. With partial channels on a narrow network an operation
 * gets one or two channels, and a vector holds four: a pair of images fills it. States lie image by image as everywhere
 * else; what operations read of them, and what they add up, is brought from one form to the other once a state.
 */
import type { Block } from './block';
import type { Pass } from './pass';
import { align } from './machine/placement';
import { shifted, type Place } from './machine/place';
import { Piece } from './piece';

/** Channels of an image that leave room for a second one in a vector. */
const mostChannels = 2;

/** Whether an operation computes nothing wider than that. */
export function fitsPairs(blocks: readonly Block[]): boolean {
  return blocks.every(({ steps, output }) =>
    [output, ...steps.flatMap((step) => [step.input, step.output])].every(
      ({ channels }) => channels <= mostChannels,
    ),
  );
}

/** A piece of a state, and the same in pairs. */
export class PairedPiece {
  /** What operations read. */
  readonly piece: Piece;

  constructor(
    private readonly pass: Pass,
    private readonly single: Piece,
  ) {
    this.piece = new Piece(pass.pairs, single.geometry, single.channels, single.border);
  }

  /** Once the single images are written, in this segment or earlier. */
  forward(): void {
    join(this.pass, this.single.map, this.piece.map, this.single.geometry);
  }

  /** Adds the gradient to that of the single images, which have it in the next segment. */
  backward(): void {
    const { pass, piece, single } = this;
    if (piece.gradient) separate(pass, piece.gradient, single.addedGradient(), single.geometry, true);
  }
}

interface Size {
  readonly pixels: number;
  readonly bytes: number;
}

/** The place that a map has for the image before. */
function before(map: Place, { bytes }: Size): Place {
  return shifted(map, -align(bytes));
}

/** Pairs from the maps of single images. */
export function join(pass: Pass, single: Place, pair: Place, size: Size): void {
  pass.pairs.emit('pair', { x0: before(single, size), x1: single, y: pair, pixels: size.pixels });
}

/** Maps of single images from pairs; they are there in the next segment. */
export function separate(pass: Pass, pair: Place, single: Place, size: Size, accumulate: boolean): void {
  const { pixels } = size;
  pass.pairs.emit('unpair', { x: pair, y0: before(single, size), y1: single, pixels, accumulate });
}
