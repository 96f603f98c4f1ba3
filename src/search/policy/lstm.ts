/**
 * A long short-term memory cell (Hochreiter & Schmidhuber, 1997) and its gradient, in plain double precision: i, f, o = σ(…),
 * g = tanh(…) of W·[x, h] + b; c′ = f·c + i·g; h′ = o·tanh(c′).
 */

export interface LstmState {
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
}

/** What the gradient of one step needs. */
export interface LstmStep {
  readonly before: LstmState;
  readonly after: LstmState;
  /** [x, h]. */
  readonly input: Float64Array;
  /** Activations of i, f, g and o, one after the other. */
  readonly gates: Float64Array;
  /** tanh(c′). */
  readonly squashed: Float64Array;
}

/** Rows are the four gates' units, columns x, h and last the bias. */
export function lstmSize(inputs: number, units: number): number {
  return 4 * units * (inputs + units + 1);
}

export function lstmStart(units: number): LstmState {
  return { hidden: new Float64Array(units), cell: new Float64Array(units) };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** @param weights [4 · units][inputs + units + 1] */
export function lstmForward(weights: Float64Array, x: Float64Array, before: LstmState): LstmStep {
  const units = before.hidden.length;
  const width = x.length + units;
  const input = new Float64Array(width);
  input.set(x);
  input.set(before.hidden, x.length);
  const gates = new Float64Array(4 * units);
  for (let row = 0; row < gates.length; row++) {
    const start = row * (width + 1);
    let sum = weights[start + width]!;
    for (let i = 0; i < width; i++) sum += weights[start + i]! * input[i]!;
    gates[row] = Math.floor(row / units) === 2 ? Math.tanh(sum) : sigmoid(sum);
  }
  const cell = new Float64Array(units);
  const squashed = new Float64Array(units);
  const hidden = new Float64Array(units);
  for (let u = 0; u < units; u++) {
    const content = gates[units + u]! * before.cell[u]! + gates[u]! * gates[2 * units + u]!;
    const output = Math.tanh(content);
    cell[u] = content;
    squashed[u] = output;
    hidden[u] = gates[3 * units + u]! * output;
  }
  return { before, after: { hidden, cell }, input, gates, squashed };
}

/** Gradients by the input and by the state before a step. */
export interface LstmGradient {
  readonly x: Float64Array;
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
}

/**
 * @param byHidden gradient by h′
 * @param byCell gradient by c′ that comes from the later steps
 * @param byWeights is added to
 */
export function lstmBackward(
  weights: Float64Array,
  { before, input, gates, squashed }: LstmStep,
  byHidden: Float64Array,
  byCell: Float64Array,
  byWeights: Float64Array,
): LstmGradient {
  const units = byHidden.length;
  const width = input.length;
  const byGates = new Float64Array(4 * units);
  const cell = new Float64Array(units);
  for (let u = 0; u < units; u++) {
    const i = gates[u]!;
    const f = gates[units + u]!;
    const g = gates[2 * units + u]!;
    const o = gates[3 * units + u]!;
    const total = byCell[u]! + byHidden[u]! * o * (1 - squashed[u]! ** 2);
    byGates[u] = total * g * i * (1 - i);
    byGates[units + u] = total * before.cell[u]! * f * (1 - f);
    byGates[2 * units + u] = total * i * (1 - g * g);
    byGates[3 * units + u] = byHidden[u]! * squashed[u]! * o * (1 - o);
    cell[u] = total * f;
  }
  const byInput = new Float64Array(width);
  for (let row = 0; row < byGates.length; row++) {
    const start = row * (width + 1);
    const by = byGates[row]!;
    for (let i = 0; i < width; i++) {
      byWeights[start + i]! += by * input[i]!;
      byInput[i]! += by * weights[start + i]!;
    }
    byWeights[start + width]! += by;
  }
  return { x: byInput.slice(0, width - units), hidden: byInput.slice(width - units), cell };
}
