/** Holds the logits of generated code against the engine's, image by image. Pure. */
import type { ComparedProof } from '../protocol/proof';

/**
 * Two logits that are nearer to each other than this share of the image's largest are a tie as far as an engine can tell:
 * sums of 32-bit numbers in another order move logits by some 1e-6 of it, in deep networks by some 1e-5.
 */
export const nearTieMargin = 1e-4;

/** Index of the largest logit, the first of equals; −1 where a logit is no number. */
function classOf(logits: Float32Array): number {
  let best = 0;
  for (let k = 0; k < logits.length; k++) {
    if (Number.isNaN(logits[k])) return -1;
    if (logits[k]! > logits[best]!) best = k;
  }
  return best;
}

/** Running counts over the images of a split. */
export class Comparison {
  private images = 0;
  private right = 0;
  private engineRight = 0;
  private differing = 0;
  private nearTies = 0;
  private deviation = 0;

  /** @param classes logits of an image */
  constructor(private readonly classes: number) {}

  /**
   * Adds images.
   * @param engine logits [images, classes], one image after the other
   * @param code the same of the generated code
   * @throws RangeError when there are not as many logits as labels ask for
   */
  add(labels: ArrayLike<number>, engine: Float32Array, code: Float32Array): void {
    const { classes } = this;
    const expected = labels.length * classes;
    if (engine.length !== expected || code.length !== expected) {
      throw new RangeError(
        `${code.length} logits of the code, ${engine.length} of the engine, not ${expected}.`,
      );
    }
    for (let image = 0; image < labels.length; image++) {
      const range = [image * classes, (image + 1) * classes] as const;
      this.addImage(labels[image]!, engine.subarray(...range), code.subarray(...range));
    }
  }

  private addImage(label: number, engine: Float32Array, code: Float32Array): void {
    const [ofEngine, ofCode] = [classOf(engine), classOf(code)];
    this.images++;
    if (ofEngine === label) this.engineRight++;
    if (ofCode === label) this.right++;
    let scale = 0;
    let deviation = 0;
    for (let k = 0; k < this.classes; k++) {
      scale = Math.max(scale, Math.abs(engine[k]!));
      deviation = Math.max(deviation, Math.abs(code[k]! - engine[k]!));
    }
    // Zero where all logits are; not a number where one is not, which the counts below say louder.
    const relative = deviation / scale;
    if (Number.isFinite(relative)) this.deviation = Math.max(this.deviation, relative);
    if (ofCode === ofEngine && ofCode >= 0) return;
    const tied =
      ofCode >= 0 &&
      ofEngine >= 0 &&
      engine[ofEngine]! - engine[ofCode]! <= nearTieMargin * scale &&
      code[ofCode]! - code[ofEngine]! <= nearTieMargin * scale;
    if (tied) this.nearTies++;
    else this.differing++;
  }

  /** @param ran the library that ran the code */
  result(ran: { readonly engine: string; readonly version: string }): ComparedProof {
    const { images, right, engineRight, differing, nearTies } = this;
    return {
      outcome: 'compared',
      engine: ran.engine,
      version: ran.version,
      ...{ images, right, engineRight, differing, nearTies },
      margin: nearTieMargin,
      deviation: Number(this.deviation.toPrecision(2)),
    };
  }
}
