/** What scikit-learn and PyTorch say of unbalanced classes; made by test/fixtures/unbalanced/make.py. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface KnownScores {
  readonly classes: number;
  readonly labels: readonly number[];
  /** [image][class] */
  readonly logits: readonly (readonly number[])[];
  /** [true class][predicted class] */
  readonly confusion: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  /** By class, as are recall, F1 and support. */
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  readonly support: readonly number[];
}

export interface KnownValues {
  readonly classWeights: readonly {
    readonly counts: readonly number[];
    readonly balanced: readonly number[];
    readonly effectiveNumber: readonly { readonly beta: number; readonly weights: readonly number[] }[];
  }[];
  /** Of PyTorch's `CrossEntropyLoss(weight=classWeights)`. */
  readonly losses: readonly {
    readonly logits: readonly (readonly number[])[];
    readonly labels: readonly number[];
    readonly classWeights: readonly number[];
    readonly loss: number;
    readonly gradient: readonly (readonly number[])[];
  }[];
  readonly scores: readonly KnownScores[];
}

const file = path.join(__dirname, '../fixtures/unbalanced/known.json');
export const known = JSON.parse(readFileSync(file, 'utf8')) as KnownValues;
