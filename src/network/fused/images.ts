/** Images in the machine's memory: maps of the batch, single images in working memory, and images with a border. */
import { shifted, type Place } from './machine/place';
import type { ImageSegment, ProgramBuilder } from './machine/program';
import { call } from './machine/signatures';
import { lanesOf } from './weightStore';

/** Height, width and channels with the memory that one image takes. */
export class Geometry {
  readonly lanes: number;
  readonly pixels: number;
  /** Of one image. */
  readonly bytes: number;
  /** Of one pixel. */
  readonly pixelBytes: number;
  /** Of one row. */
  readonly rowBytes: number;

  constructor(
    readonly height: number,
    readonly width: number,
    readonly channels: number,
  ) {
    this.lanes = lanesOf(channels);
    this.pixels = height * width;
    this.pixelBytes = 4 * this.lanes;
    this.rowBytes = width * this.pixelBytes;
    this.bytes = height * this.rowBytes;
  }
}

/** Where an image lies with a border of zeros around it. */
export interface Bordered {
  /** Its first pixel. */
  readonly inside: Place;
  readonly row: number;
}

/** The pixel that is `above` the first and `left` of it. */
export function corner(
  { inside, row }: Bordered,
  above: number,
  { pixelBytes }: Geometry,
  left = above,
): Place {
  return shifted(inside, -above * row - left * pixelBytes);
}

/** Working images of the threads that have a border; the border is zero when a program starts and nobody writes to it. */
export class Borders {
  readonly buffers: Place[] = [];
  private readonly known = new Map<string, Place>();

  constructor(private readonly program: ProgramBuilder) {}

  /** One for each role and geometry; whoever asks next overwrites it. */
  get(role: string, { height, width, lanes, pixelBytes }: Geometry, border: number): Bordered {
    const row = (width + 2 * border) * pixelBytes;
    const key = `${role} ${height} ${width} ${lanes} ${border}`;
    let place = this.known.get(key);
    if (!place) {
      place = this.program.lasting('thread', (height + 2 * border) * row);
      this.known.set(key, place);
      this.buffers.push(place);
    }
    return { inside: shifted(place, border * (row + pixelBytes)), row };
  }

  /** Such an image cleared, border included, for sums that may reach into the border. */
  cleared(segment: ImageSegment, role: string, geometry: Geometry, border: number): Bordered {
    const bordered = this.get(role, geometry, border);
    const whole = corner(bordered, border, geometry);
    const bytes = (geometry.height + 2 * border) * bordered.row;
    this.program.emit(segment, call('clear', { x: whole, bytes }));
    return bordered;
  }
}
