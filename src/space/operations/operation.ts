/** What an operation of a search space is: a name, a sentence, and its layers. */
import type { Layer, Stride } from '../layers';

/** Where an operation stands: its channels (in = out), stride, and whether its BN learns a scale and shift. */
export interface OperationSite {
  readonly channels: number;
  readonly stride: Stride;
  readonly affine: boolean;
}

/** Kinds of operations that a view tells apart at a glance. */
export type OperationFamily =
  | 'nothing'
  | 'skip'
  | 'maxPool'
  | 'averagePool'
  | 'separable'
  | 'dilated'
  | 'dense';

/** How a view writes and draws an operation where there is little room. */
export interface OperationLook {
  readonly family: OperationFamily;
  /** What it is, e.g. "sep". */
  readonly word: string;
  /** Size of its kernel, where it has one, e.g. "3×3". */
  readonly kernel?: string;
}

export interface Operation {
  /** The field's own name, as in genotypes and config files. */
  readonly name: string;
  /**
   * Other names of exactly this operation, as benchmarks and libraries write it: read in configs, genotypes and tables
   * as `name`, and never written.
   */
  readonly aliases?: readonly string[];
  /**
   * What people write who mean something near it: layers of PyTorch and Keras, and what papers call it. These are not
   * read, for they leave open the kernel or the order of layers, but an error suggests this operation.
   */
  readonly nearNames?: readonly string[];
  /** One sentence for hover texts. */
  readonly description: string;
  readonly look: OperationLook;
  /** The layers at one place of a network. */
  layers(site: OperationSite): Layer[];
  /**
   * Has no BN of its own, so one without scale and shift follows it while searching (pools, in DARTS), which
   * keeps its output on the scale of the other operations.
   */
  readonly normalizedWhileSearching?: boolean;
}
