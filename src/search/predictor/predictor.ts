/** Models that predict the score of an architecture from numbers about it (`SearchSpace.features`). */

export interface Prediction {
  readonly mean: number;
  /** Standard deviation of what the score may turn out to be, as the members of the ensemble see it. */
  readonly deviation: number;
}

export interface Predictor {
  /**
   * Learns anew from all that is given; what was learnt before is forgotten.
   * @param features [points][features]
   * @throws RangeError for fewer than two points, or lists of different lengths
   */
  fit(features: readonly (readonly number[])[], targets: readonly number[]): void;
  /** One prediction a row. @throws RangeError before `fit` */
  predict(features: readonly (readonly number[])[]): Prediction[];
}
