/** How an architecture is shown to a person, as data: what a view draws without knowing the space that it is of. */

/** An edge of a drawn cell. */
export interface DrawnEdge {
  readonly operation: string;
  /** State that it reads: the cell's inputs come first, then its nodes. */
  readonly input: number;
}

/** A cell: states, what leads into each, and what the output is. */
export interface DrawnCell {
  /** Outputs of earlier cells that the cell reads: the first states; the nodes follow. 2 unless given. */
  readonly inputs?: number;
  /** Edges into each node. */
  readonly nodes: readonly (readonly DrawnEdge[])[];
  /** States whose concatenation is the output; undefined: the last node is the output. */
  readonly concat?: readonly number[];
}

/** What a drawn cell is called: `only` where all cells of a network are alike. */
export type DrawnKind = 'normal' | 'reduction' | 'only';
export type DrawnCells = Readonly<Partial<Record<DrawnKind, DrawnCell>>>;

/** One layer of a row of layers. */
export interface DrawnLayer {
  readonly operation: string;
  readonly channels: number;
  readonly stride: 1 | 2;
}

/** A column of a table; the first one names the rows. */
export interface DrawnColumn {
  readonly title: string;
  readonly hint?: string;
}

export type Drawing =
  | { readonly kind: 'cells'; readonly cells: DrawnCells }
  /** Layers one after the other; `note` is part of a sentence, how they are connected. */
  | { readonly kind: 'layers'; readonly note: string; readonly layers: readonly DrawnLayer[] }
  /** Texts, empty where there is nothing to say. */
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly columns: readonly DrawnColumn[];
      readonly rows: readonly (readonly string[])[];
    };
