/**
 * A graph of ONNX under construction: nodes in the order in which they compute, and the constants that they read. Values are
 * [N, C, H, W], as ONNX has them.
 */

/** The operator set of all nodes: the newest that TensorRT 8.6, ONNX Runtime 1.14 and later read. */
export const opset = 17;

export type Attribute = number | string | readonly number[];

/** A constant. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

export interface Node {
  /** Of the node, and of its output. */
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  /** Numbers that are floats in ONNX are named in `floats`; others are integers. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Attributes that are floats, whatever their value. */
export const floats: ReadonlySet<string> = new Set(['epsilon', 'alpha', 'beta']);

export class Graph {
  readonly nodes: Node[] = [];
  readonly tensors: Tensor[] = [];

  /**
   * Adds a node.
   * @returns its name, which is that of its output
   */
  node(
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: Node['attributes'] = {},
  ): string {
    this.nodes.push({ name, operator, inputs, attributes });
    return name;
  }

  /** @returns its name */
  constant(name: string, shape: readonly number[], values: Tensor['values']): string {
    this.tensors.push({ name, shape, values });
    return name;
  }
}
