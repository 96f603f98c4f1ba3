/**
 * What the registry of search spaces holds. An entry says everything about its space that other rooms ask: schemas, plans,
 * texts, drawings. None of them knows a space by its name.
 */
import type * as z from 'zod';
import type { Drawing } from './drawing';
import type { CellKind, frameSchema, NetworkFrame, skeletonSchema } from './frame';
import type { NetworkPlan } from './plan';
import type { SearchSpaceOf } from './contract';

/** Schema of genotypes: has the key `space` with the space's name as its only value. */
export type GenotypeSchema = z.ZodObject<{ space: z.ZodLiteral<string> }>;

/** The keys of a config's section `final` that networks are built from. */
export interface FinalScale {
  /** Cells of a stack of cells. */
  readonly cells: number;
  /** Channels of its first cell. */
  readonly channels: number;
}

/** Part of an architecture as a person reads it. */
export interface FormattedPart {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a person should know who has the code of a network and nothing else. Texts are wrapped where they are shown. */
export interface NetworkWords {
  /** What the network is made of: parts, and paragraphs. */
  readonly body: readonly (FormattedPart | string)[];
  /** What stands beside its costs: a word, and what there is to say of it. */
  readonly facts?: readonly (readonly [string, string])[];
  /** Why some parameters can be without effect, part of a sentence. */
  readonly unused?: string;
}

/** Why code of a genotype that its schema lets through could not be built, or not be trained. */
export interface GenotypeFinding {
  /** Key path from the genotype on, e.g. `normal.nodes[0]`. */
  readonly path: string;
  readonly message: string;
}

/** Of spaces whose architectures are cells. */
export interface CellForm {
  /** Kinds of cells that are searched; a single one is that of all cells. */
  readonly kinds: readonly CellKind[];
  /** Outputs of earlier cells that a cell reads. */
  readonly inputs: number;
  /** Whether a found cell keeps every edge with any of the operations, `none` too; else its nodes choose among them. */
  readonly whole: boolean;
}

/**
 * @typeParam S schema of the space's section in a config; has the key `type` with the space's name as its only value
 * @typeParam G schema of its genotypes
 * @typeParam N schema of what a network is built from beside the genotype: a frame, or a skeleton for stacks of cells
 */
export interface SpaceEntry<
  S extends z.ZodObject = z.ZodObject,
  G extends GenotypeSchema = GenotypeSchema,
  N extends typeof frameSchema | typeof skeletonSchema = typeof frameSchema,
> {
  readonly name: z.output<G>['space'];
  /** One sentence for completion and hover, with its source. */
  readonly description: string;
  readonly options: S;
  /** What the preset `laptop` has instead of the schema's defaults, for networks that train in seconds. */
  readonly laptop?: Partial<z.input<S>>;
  create(options: z.output<S>): SearchSpaceOf<z.output<G>>;
  readonly genotype: G;
  readonly network: N;
  readonly cells?: CellForm;
  /** Operations that a config chooses from, in spaces that have such a key. */
  operations?(options: z.output<S>): readonly string[];
  /** The network of a genotype. */
  plan(genotype: z.output<G>, network: z.output<N>): NetworkPlan;
  /** What found networks are built from beside their genotypes, by a config's sections `space` and `final`. */
  final(options: z.output<S>, final: FinalScale, frame: NetworkFrame): z.output<N>;
  /**
   * The side that images need at least for what a config builds: no reduction is to halve a single pixel. 1 where any
   * image will do.
   * @param final undefined where no found network is trained
   */
  smallestSide(options: z.output<S>, final: FinalScale | undefined): number;
  /** What a genotype is made of, part by part, as a person reads it. */
  format(genotype: z.output<G>): FormattedPart[];
  drawing(genotype: z.output<G>): Drawing;
  /** What generated code says of the network at its top; the parts of `format` unless given. */
  words?(genotype: z.output<G>, network: z.output<N>): NetworkWords;
  /** What the schema leaves open and no framework could build, or no training could use. */
  findings?(genotype: z.output<G>, network: z.output<N>): GenotypeFinding[];
  /** Operations on the edges of the normal cell, or of the only one; in spaces of cells. */
  normalOperations?(genotype: z.output<G>): readonly string[];
  /** The genotype with depth and width times these factors (compound scaling; Tan & Le, 2019), where that is known. */
  scaled?(genotype: z.output<G>, factors: { readonly depth: number; readonly width: number }): z.output<G>;
}
