/** What a found network takes pictures for: asked by file or with its bytes, answered picture by picture. */
import * as z from 'zod';

/** Classes that are told of each picture. */
export const toldClasses = 5;
/** Bytes of a picture that travel between processes, at most: those of a photograph, and more. */
export const mostBytes = 100_000_000;
/** Pictures whose answers the editor keeps: the newest. */
export const keptAnswers = 50;

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

const droppedPictureSchema = z.union([
  /** A file of the editor's explorer. */
  z.object({ uri: z.string() }),
  /** From outside of the editor, which gives bytes alone; none of a picture that is too large. */
  pictureOriginSchema.pick({ name: true, bytes: true }),
]);
/** A picture as a page gets it when it is dropped. */
export type DroppedPicture = z.infer<typeof droppedPictureSchema>;

/** Dashboard → host. */
export const classificationRequests = [
  /** Asks the person for files. */
  z.object({ type: z.literal('choosePictures') }),
  z.object({ type: z.literal('classify'), pictures: z.array(droppedPictureSchema) }),
  /** Gives up the pictures that are not answered yet. */
  z.object({ type: z.literal('cancelPictures') }),
] as const;

/** Host → dashboard: what is new, and how far it is. */
export const classificationMessageSchema = z.object({
  type: z.literal('classification'),
  /** Whether `answers` take the place of those that were told before, instead of following them. */
  whole: z.boolean(),
  answers: z.array(pictureAnswerSchema),
  /** While pictures are waited for: how many were asked about since none were, and how many are answered. */
  progress: z.object({ asked: size, answered: z.number().int().min(0) }).optional(),
  /** Why nothing can be answered. */
  failure: z.object({ message: z.string(), hint: z.string().optional() }).optional(),
});
export type ClassificationMessage = z.infer<typeof classificationMessageSchema>;

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
