/** What a found network takes pictures for: asked by file or with its bytes, answered picture by picture. */
import * as z from 'zod';

/** Classes that are told of each picture. */
export const toldClasses = 5;
/** Bytes of a picture that travel between processes, at most: those of a photograph, and more. */
const mostBytes = 100_000_000;

const size = z.number().int().min(1);
const pixelsSchema = z.instanceof(Uint8Array);

/** A picture and where its bytes are: in a file, or at hand. */
export const pictureOriginSchema = z.object({
  /** What messages call it. */
  name: z.string(),
  file: z.string().optional(),
  bytes: pixelsSchema.refine(({ length }) => length <= mostBytes, 'is too large').optional(),
});
export type PictureOrigin = z.infer<typeof pictureOriginSchema>;

const likelySchema = z.object({
  /** Number of the class, from 0. */
  label: z.number().int().min(0),
  name: z.string(),
  /** 0 … 1. */
  probability: z.number(),
});
export type LikelyClass = z.infer<typeof likelySchema>;

export const pictureAnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('classified'),
    name: z.string(),
    /** As the network sees it, before normalization: [height, width, channels] bytes. */
    picture: z.object({ height: size, width: size, channels: size, pixels: pixelsSchema }),
    /** The most likely first. */
    likely: z.array(likelySchema).min(1),
    /** What was done to the picture that a person may not expect. */
    note: z.string().optional(),
  }),
  z.object({
    kind: z.literal('refused'),
    name: z.string(),
    message: z.string(),
    /** What to do next. */
    hint: z.string().optional(),
  }),
]);
export type PictureAnswer = z.infer<typeof pictureAnswerSchema>;

/** The softmax of a picture's logits [classes]: the likeliest classes, from the largest probability on. */
export function mostLikely(
  logits: Float32Array,
  classNames: readonly string[],
  told = toldClasses,
): LikelyClass[] {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return [...powers.keys()]
    .sort((a, b) => powers[b]! - powers[a]! || a - b)
    .slice(0, told)
    .map((label) => ({ label, name: classNames[label] ?? String(label), probability: powers[label]! / sum }));
}
