/**
 * ∇α through one step of the weights (DARTS, Liu et al., 2019, section 2.3, equations 6 to 8), the product with the mixed
 * second derivative by a central difference: two more gradients of α instead of a matrix.
 */

/** Weights: floats in a search. */
type Vector = Float32Array | Float64Array;

/** The two losses at any w and the present α; one call at a time, and w must not change before it has ended. */
export interface BilevelLosses<W extends Vector, R> {
  /** ∇w L_train. */
  trainWeights(w: W): Promise<W>;
  /** ∇α L_train. */
  trainArchitecture(w: W): Promise<readonly number[]>;
  /** Both gradients of L_val, and whatever else the caller wants to know of it. */
  validation(w: W): Promise<{ weights: W; architecture: readonly number[]; result: R }>;
}

/** The optimizer of w, whose next step the gradient goes through. */
export interface WeightStep<W extends Vector> {
  readonly weights: W;
  /** Momentum buffer. */
  readonly velocity: W;
  readonly settings: { readonly momentum: number; readonly weightDecay: number };
}

/** ε of the central difference is this over ‖v‖, v = ∇w' L_val. */
const reach = 0.01;

/**
 * ∇α L_val(w') − ξ·[∇α L_train(w⁺) − ∇α L_train(w⁻)]/(2ε), where w' = w − ξ·(μ·buffer + ∇w L_train + λ·w) and w± = w ± ε·v. Five
 * gradients in place of the two of a first-order pair, that of the weights' own step included.
 * @param rate ξ, the learning rate of w
 * @param moved working memory as long as w, which itself is only read
 */
export async function secondOrderGradient<W extends Vector, R>(
  losses: BilevelLosses<W, R>,
  { weights, velocity, settings }: WeightStep<W>,
  rate: number,
  moved: W,
): Promise<{ gradient: number[]; result: R }> {
  const { momentum, weightDecay } = settings;
  const ofTrain = await losses.trainWeights(weights);
  for (let i = 0; i < weights.length; i++) {
    moved[i] = weights[i]! - rate * (momentum * velocity[i]! + ofTrain[i]! + weightDecay * weights[i]!);
  }
  const { weights: direction, architecture, result } = await losses.validation(moved);
  let squares = 0;
  for (let i = 0; i < direction.length; i++) squares += direction[i]! * direction[i]!;
  // A flat L_val does not care which step w takes.
  if (squares === 0) return { gradient: [...architecture], result };
  const epsilon = reach / Math.sqrt(squares);
  const trainAt = (step: number): Promise<readonly number[]> => {
    for (let i = 0; i < weights.length; i++) moved[i] = weights[i]! + step * direction[i]!;
    return losses.trainArchitecture(moved);
  };
  const above = await trainAt(epsilon);
  const below = await trainAt(-epsilon);
  const gradient = architecture.map((g, i) => g - (rate * (above[i]! - below[i]!)) / (2 * epsilon));
  return { gradient, result };
}
