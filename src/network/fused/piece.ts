/** States: what edges read and write. With partial channels a state lies in two pieces, each a map of its own. */
import { MapReader } from './block';
import type { Bordered, Geometry } from './images';
import type { Pass } from './pass';
import type { Place } from './machine/place';
import type { Reader, Sink } from './steps';
import type { Channels } from './weightStore';

export class Piece {
  readonly map: Place;
  private gradientMap: Place | undefined;
  private readonly readers: readonly [Reader, Reader];

  constructor(
    readonly pass: Pass,
    readonly geometry: Geometry,
    /** Its channels among those of the state. */
    readonly channels: Channels,
    /** It is as wide as any layer that reads the piece needs. */
    readonly border: number,
    map = pass.map(geometry.bytes),
  ) {
    this.map = map;
    this.readers = [new MapReader(geometry, map, false, border), new MapReader(geometry, map, true, border)];
  }

  reader(relu: boolean): Reader {
    return this.readers[relu ? 1 : 0];
  }

  /** What has been added up so far; undefined where nothing depends on the state. */
  get gradient(): Place | undefined {
    return this.gradientMap;
  }

  /** To be added to; cleared in the segment that asks first. */
  addedGradient(): Place {
    if (this.gradientMap) return this.gradientMap;
    const place = this.writtenGradient();
    this.pass.emit('clear', { x: place, bytes: this.geometry.bytes });
    return place;
  }

  /** To be written; only for the first who asks. */
  writtenGradient(): Place {
    this.gradientMap = this.pass.map(this.geometry.bytes);
    return this.gradientMap;
  }
}

/** Adds gradients to a piece, those behind a ReLU in working memory first. */
export class PieceSink implements Sink {
  private flat: Place | undefined;
  private image: Bordered | undefined;

  constructor(
    private readonly piece: Piece,
    private readonly relu: boolean,
  ) {}

  compact(pass: Pass): { place: Place; accumulate: boolean } {
    if (!this.relu) return { place: this.piece.addedGradient(), accumulate: true };
    if (!this.flat) {
      this.flat = pass.program.scratch('behind relu', this.piece.geometry.bytes);
      pass.emit('clear', { x: this.flat, bytes: this.piece.geometry.bytes });
    }
    return { place: this.flat, accumulate: true };
  }

  bordered(pass: Pass): Bordered {
    const { geometry, border } = this.piece;
    this.image ??= pass.borders.cleared(pass.segment, this.relu ? 'masked' : 'plain', geometry, border);
    return this.image;
  }

  /** Hands on what was collected in this segment. */
  flush(): void {
    const { piece, relu } = this;
    const { pass } = piece;
    const { height, width, lanes, rowBytes } = piece.geometry;
    const add = (inside: Place, row: number): void => {
      pass.emit('addInside', {
        ...{ g: inside, x: piece.map, dx: piece.addedGradient() },
        ...{ height, width, channels: lanes, gRow: row, masked: relu },
      });
    };
    if (this.flat) add(this.flat, rowBytes);
    if (this.image) add(this.image.inside, this.image.row);
    this.flat = undefined;
    this.image = undefined;
  }
}
