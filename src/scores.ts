/**
 * What networks are judged by, as scikit-learn defines it (`accuracy_score`, `balanced_accuracy_score`, `f1_score(average="macro")`,
 * `log_loss`). Inside, every score is larger where it is better, so that searches, rungs and verdicts compare all of them alike:
 * the score `logLoss` is −log-loss. Whoever shows one says which it is and shows log-loss as people know it (`formatScore`).
 */
import { formatPercent } from './format';

export const scores = [
  { name: 'accuracy', title: 'accuracy', description: 'Share of the images classified right.' },
  {
    name: 'balancedAccuracy',
    title: 'balanced accuracy',
    description: 'Mean over the classes of the share of their images classified right (recall).',
  },
  {
    name: 'macroF1',
    title: 'macro-F1',
    description: 'Mean over the classes of F1, the harmonic mean of precision and recall.',
  },
  {
    name: 'logLoss',
    title: 'log-loss',
    description: 'Mean of −ln of the probability given to the true class; smaller is better.',
  },
] as const;
export type ScoreName = (typeof scores)[number]['name'];
export const scoreNames = scores.map(({ name }) => name) as [ScoreName, ...ScoreName[]];

/** Within a sentence: "macro-F1". */
export function scoreTitle(name: ScoreName): string {
  return scores.find((score) => score.name === name)!.title;
}

/** A score as people know it: shares in percent, log-loss as it is, without the turned sign. */
export function formatScore(name: ScoreName, score: number, digits = 2): string {
  return name === 'logLoss' ? Math.abs(score).toFixed(4) : formatPercent(score, digits);
}

/** Images by class: all that scores of hits depend on. Each [classes]. */
export interface ClassCounts {
  /** Images that are of the class. */
  readonly labelled: number[];
  /** Images that were taken for it. */
  readonly predicted: number[];
  /** Images of the class that were taken for it. */
  readonly right: number[];
}

export function emptyCounts(classes: number): ClassCounts {
  const zeros = (): number[] => new Array<number>(classes).fill(0);
  return { labelled: zeros(), predicted: zeros(), right: zeros() };
}

/** Adds images to counts. @param labels [n] @param predictions [n] */
export function countImages(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { labelled, predicted, right }: ClassCounts,
): void {
  for (let i = 0; i < predictions.length; i++) {
    const [label, prediction] = [labels[i]!, predictions[i]!];
    labelled[label]!++;
    predicted[prediction]!++;
    if (label === prediction) right[label]!++;
  }
}

/** How well one class is recognized. Precision, recall and F1 are 0 where they would divide by 0. */
export interface ClassScore {
  /** Images of the class. */
  readonly images: number;
  /** Of the images taken for the class, the share that is of it. */
  readonly precision: number;
  /** Of the images of the class, the share taken for it. */
  readonly recall: number;
  readonly f1: number;
}

/** By class. */
export function classScores({ labelled, predicted, right }: ClassCounts): ClassScore[] {
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return labelled.map((images, k) => ({
    images,
    precision: ratio(right[k]!, predicted[k]!),
    recall: ratio(right[k]!, images),
    f1: ratio(2 * right[k]!, images + predicted[k]!),
  }));
}

/** 0 for none. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/**
 * Larger is better. A class without images has no recall and is left out of balanced accuracy; one that neither has images nor was
 * predicted is left out of macro-F1.
 * @param loss mean cross-entropy of the images
 */
export function scoreOf(name: ScoreName, counts: ClassCounts, loss: number): number {
  const { labelled, predicted, right } = counts;
  switch (name) {
    case 'accuracy': {
      const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
      return sum(right) / Math.max(1, sum(labelled));
    }
    case 'balancedAccuracy':
      return meanOf(classScores(counts).flatMap(({ images, recall }) => (images > 0 ? [recall] : [])));
    case 'macroF1':
      return meanOf(
        classScores(counts).flatMap(({ f1 }, k) => (labelled[k]! + predicted[k]! > 0 ? [f1] : [])),
      );
    case 'logLoss':
      return -loss;
  }
}

/**
 * The best score of a network that does not look at images: it always names one class or, for log-loss, gives each class its share.
 * @param labelled images of each class
 */
export function blindScore(name: ScoreName, labelled: readonly number[]): number {
  const all = labelled.reduce((sum, count) => sum + count, 0);
  const shares = labelled.filter((count) => count > 0).map((count) => count / all);
  if (name === 'logLoss') return shares.reduce((sum, share) => sum + share * Math.log(share), 0);
  const largest = Math.max(...shares);
  if (name === 'accuracy') return largest;
  return (name === 'macroF1' ? (2 * largest) / (1 + largest) : 1) / shares.length;
}
