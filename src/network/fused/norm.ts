/** Batch normalization in a program: its sums, its moments, and the affine maps and gradients folded from them. */
import type { Geometry } from './images';
import type { Pass } from './pass';
import { nowhere, shifted, type Place } from './machine/place';
import { call, type Call } from './machine/signatures';
import { lanesOf, type Matrix } from './weightStore';

/** Learned scale γ and shift β, and the number of the BN in its network. */
export interface Norm {
  readonly index: number;
  readonly scale?: Matrix;
  readonly shift?: Matrix;
}

/** y = scale·z + shift, one entry a channel. */
export interface Affine {
  readonly scale: Place;
  readonly shift: Place;
}

export class NormWriter {
  /** Mean, 1/√(variance + ε) and unbiased variance, three vectors. */
  readonly moments: Place;
  private task: Call[] = [];

  constructor(
    private readonly pass: Pass,
    private readonly norm: Norm,
    private readonly geometry: Geometry,
  ) {
    this.moments = pass.program.lasting('once', 12 * geometry.lanes);
    pass.moments.set(norm.index, this.moments);
  }

  /** `count`: values of a channel. */
  private get counts() {
    const { pass, geometry } = this;
    const { chunks } = pass.program.size;
    const count = pass.batch * geometry.pixels;
    return { chunks, channels: geometry.lanes, count, paired: pass.paired };
  }

  private valuesOf(matrix: Matrix | undefined): Place {
    return matrix ? this.pass.values(matrix) : nowhere;
  }

  private vector(): Place {
    return this.pass.program.buffer('once', 4 * this.geometry.lanes);
  }

  /** Takes z of every image into account; the moments are there after the segment. */
  collect(z: Place): void {
    const { pass, geometry } = this;
    this.task = pass.afterwards();
    if (pass.wanted.inference) return;
    const sums = pass.sums(16 * geometry.lanes);
    pass.emit('statistics', { z, sums, pixels: geometry.pixels, channels: geometry.lanes });
    this.task.push(call('forwardMoments', { sums, moments: this.moments, ...this.counts }));
  }

  /**
   * The map that normalizes, times a mixture weight; to be asked for in the segment that collects.
   * @param shift where the shift goes
   */
  fold(weight: Place = nowhere, shift = this.vector()): Affine {
    const scale = this.vector();
    const { norm, moments, geometry } = this;
    const learned = { gamma: this.valuesOf(norm.scale), beta: this.valuesOf(norm.shift) };
    const channels = geometry.lanes;
    this.task.push(call('foldAffine', { moments, ...learned, weight, scale, shift, channels }));
    return { scale, shift };
  }

  /** Adds an instruction for after the moments, such as one that uses a folded map. */
  then(called: Call): void {
    this.task.push(called);
  }

  /**
   * From the gradient g of weight·BN(z): the three vectors of `gradient`, there after the segment.
   * @param after where BN is followed by a ReLU, its map; g is then masked in place
   */
  gradient(g: Place, z: Place, weight = nowhere, ofWeight = nowhere, after?: Affine): Place {
    return this.gradientFrom(g, z, this.moments, weight, ofWeight, after);
  }

  /** out = the gradient of z, or out += it, from g and the vectors of `gradient`. */
  gradientOfZ(g: Place, z: Place, vectors: Place, out: Place, accumulate = false): void {
    const { pixels, lanes } = this.geometry;
    this.pass.emit('gradient', { g, z, k: vectors, dz: out, pixels, channels: lanes, accumulate });
  }

  /** Whether BN(z) is ẑ, so that z need not be kept. */
  get isPlain(): boolean {
    return !this.norm.scale;
  }

  /** `gradient` for a BN without scale and shift, from what it gave. */
  gradientOfPlain(g: Place, normalized: Place): Place {
    const zeros = this.pass.program.constant(new Array<number>(this.geometry.lanes).fill(0));
    return this.gradientFrom(g, normalized, zeros, nowhere, nowhere);
  }

  private gradientFrom(
    g: Place,
    z: Place,
    mean: Place,
    weight: Place,
    ofWeight: Place,
    after?: Affine,
  ): Place {
    const { pass, norm, geometry, moments } = this;
    const { pixels, lanes } = geometry;
    const sums = pass.sums(16 * lanes);
    const read = { g, z, mean, sums, pixels, channels: lanes };
    if (after) pass.emit('maskedProducts', { ...read, ...after });
    else pass.emit('products', read);
    const vectors = pass.program.buffer('once', 12 * lanes);
    const learned = pass.wanted.weights;
    pass.afterwards(
      call('backwardMoments', {
        ...{ sums, moments, gamma: this.valuesOf(norm.scale), beta: this.valuesOf(norm.shift), weight },
        ...{ k: vectors, dGamma: gradientOf(norm.scale, learned), dBeta: gradientOf(norm.shift, learned) },
        dWeight: pass.wanted.mixtures ? ofWeight : nowhere,
        ...{ ...this.counts, normalized: mean !== moments },
      }),
    );
    return vectors;
  }
}

function gradientOf(matrix: Matrix | undefined, wanted: boolean): Place {
  return matrix && wanted ? matrix.gradient : nowhere;
}

/** The three vectors of `NormWriter.moments`. */
export function momentsOf(
  moments: Place,
  channels: number,
): { mean: Place; inverse: Place; variance: Place } {
  const bytes = 4 * lanesOf(channels);
  return { mean: moments, inverse: shifted(moments, bytes), variance: shifted(moments, 2 * bytes) };
}
