/**
 * What the found network took the test images for: a confusion matrix, and the pictures it was most wrong about. Part of its `network`
 * event and of `result.json`. Precision, recall and F1 follow from the matrix (`scores.ts`).
 */
import * as z from 'zod';
import { emptyCounts, type ClassCounts } from '../scores';

const index = z.number().int().min(0);

const wrongPicture = z.object({
  /** Position in the test split. */
  image: index,
  truth: index,
  /** Class with the largest logit; the truth where even the worst images are right. */
  predicted: index,
  /** Cross-entropy. */
  loss: z.number(),
  height: z.number().int().min(1),
  width: z.number().int().min(1),
  channels: z.number().int().min(1),
  /** [height, width, channels] bytes in base64; no side longer than `longestSide`. */
  pixels: z.string(),
});
export type WrongPicture = z.infer<typeof wrongPicture>;

/** Pictures that are kept are shrunk to this many pixels a side. */
export const longestSide = 64;
/** How many are kept. */
export const keptPictures = 50;

export const testReportSchema = z.object({
  classNames: z.array(z.string()),
  /** [true class, predicted class, images] of every pair that occurs, by class. */
  confusion: z.array(z.tuple([index, index, z.number().int().min(1)])),
  /** Those with the largest loss, from the worst on. */
  worst: z.array(wrongPicture),
});
export type TestReport = z.infer<typeof testReportSchema>;

/** Images by class, which all scores of hits follow from. */
export function countsOf({
  classNames,
  confusion,
}: Pick<TestReport, 'classNames' | 'confusion'>): ClassCounts {
  const counts = emptyCounts(classNames.length);
  for (const [truth, predicted, images] of confusion) {
    counts.labelled[truth]! += images;
    counts.predicted[predicted]! += images;
    if (truth === predicted) counts.right[truth]! += images;
  }
  return counts;
}

/** What the images of each class are taken for where that is wrong, most often first: [class] → other class and images. */
export function mistakesOf({ classNames, confusion }: Pick<TestReport, 'classNames' | 'confusion'>) {
  const mistakes = classNames.map((): { readonly predicted: number; readonly images: number }[] => []);
  for (const [truth, predicted, images] of confusion) {
    if (truth !== predicted) mistakes[truth]!.push({ predicted, images });
  }
  for (const ofClass of mistakes) ofClass.sort((a, b) => b.images - a.images || a.predicted - b.predicted);
  return mistakes;
}
