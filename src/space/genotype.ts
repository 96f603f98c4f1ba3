/**
 * Genotypes: what a search finds, as plain data, and the file in which one is kept. The text form of a cell follows
 * DARTS: per node a list of (operation, input), inputs 0 and 1 being the outputs of the two cells before.
 */
import * as z from 'zod';
import { described } from '../describe';
import { activations, gates } from './layers';
import { operationNames } from './operations';

export const cellKinds = ['normal', 'reduction'] as const;
export type CellKind = (typeof cellKinds)[number];

const operationName = z.string().refine((name) => name !== 'none' && operationNames.includes(name), {
  error: (issue) => `unknown operation ${JSON.stringify(issue.input)}; known: ${operationNames.join(', ')}`,
});

const anyOperationName = z.string().refine((name) => operationNames.includes(name), {
  error: (issue) => `unknown operation ${JSON.stringify(issue.input)}; known: ${operationNames.join(', ')}`,
});

/** How the layers of a chain are connected. */
export const chainConnections = ['sequential', 'skip', 'dense'] as const;
export type ChainConnections = (typeof chainConnections)[number];

const genotypeEdge = z.object({
  operation: operationName,
  /** 0 and 1 are the cell's inputs, 2 … the nodes in order. */
  input: z.number().int().min(0),
});

const cellGenotype = z
  .object({
    /** One entry a node: its incoming edges, whose outputs are added. */
    nodes: z.array(z.array(genotypeEdge).min(1)).min(1).max(12),
    /** Which nodes are concatenated into the cell's output, numbered like `input`. */
    concat: z.array(z.number().int().min(0)).min(1),
  })
  .superRefine((cell, context) => {
    cell.nodes.forEach((edges, node) => {
      edges.forEach((edge, index) => {
        if (edge.input < node + 2) return;
        const path = ['nodes', node, index, 'input'];
        context.addIssue({
          code: 'custom',
          path,
          message: `node ${node} can only read inputs 0 to ${node + 1}`,
        });
      });
    });
    for (const index of cell.concat) {
      if (index < cell.nodes.length + 2) continue;
      context.addIssue({ code: 'custom', path: ['concat'], message: `there is no node ${index}` });
    }
  });

const cellPair = z.object({ space: z.literal('cell'), normal: cellGenotype, reduction: cellGenotype });

const bench201Genotype = z.object({
  space: z.literal('nasbench201'),
  /** Of the edges 0→1, 0→2, 1→2, 0→3, 1→3, 2→3. */
  operations: z.array(anyOperationName).length(6),
});

const chainGenotype = z.object({
  space: z.literal('chain'),
  /** `skip`: a layer's input is added to its output. `dense`: a layer reads all outputs of its size before it. */
  connections: z.enum(chainConnections),
  layers: z
    .array(
      z.object({
        operation: operationName,
        /** Of the layer's output. */
        channels: z.number().int().min(1).max(4096),
        stride: z.union([z.literal(1), z.literal(2)]),
      }),
    )
    .min(1)
    .max(200),
});

const width = z.number().int().min(1).max(16384);
const strideSchema = z.union([z.literal(1), z.literal(2)]);

/** What MBConv networks have around their stages. */
export const mbconvParts = {
  stem: z.strictObject({
    channels: described(width, 'Filters of the first convolution.'),
    stride: described(strideSchema, 'Stride of the first convolution: 2 halves the image.'),
    activation: described(z.enum(activations), 'Nonlinearity of the stem.'),
  }),
  /** What gates squeeze-and-excitation: `sigmoid` (EfficientNet, swish inside) or `hard_sigmoid` (MobileNetV3, ReLU inside). */
  gate: z.enum(gates),
  head: z.strictObject({
    channels: described(width, 'Filters of the 1×1 convolution before global pooling.'),
    activation: described(z.enum(activations), 'Nonlinearity of the head.'),
    hidden: described(
      z.number().int().min(0).max(16384),
      'Width of a linear layer between pooling and the classifier (MobileNetV3); 0: none.',
    ),
  }),
};

/** Self-contained: everything that `planMbconv` builds the network from, image and classes aside. */
const mbconvGenotype = z.object({
  space: z.literal('mbconv'),
  ...mbconvParts,
  stages: z
    .array(
      z.object({
        channels: width,
        /** Of the first block. */
        stride: strideSchema,
        activation: z.enum(activations),
        blocks: z
          .array(
            z.object({
              kernel: z.union([z.literal(3), z.literal(5), z.literal(7)]),
              /** Channels between the two 1×1 convolutions. */
              hidden: width,
              /** Channels of the bottleneck of squeeze-and-excitation; 0: none. */
              squeeze: z.number().int().min(0).max(16384),
            }),
          )
          .min(1)
          .max(50),
      }),
    )
    .min(1)
    .max(20),
});

export const genotypeSchema = z.discriminatedUnion('space', [
  cellPair,
  bench201Genotype,
  chainGenotype,
  mbconvGenotype,
]);

export type GenotypeEdge = z.infer<typeof genotypeEdge>;
export type CellGenotype = z.infer<typeof cellGenotype>;
/** A normal and a reduction cell. */
export type CellPairGenotype = z.infer<typeof cellPair>;
/** Operations of the six edges of the one cell of NAS-Bench-201. */
export type Bench201Genotype = z.infer<typeof bench201Genotype>;
/** Layers one after the other. */
export type ChainGenotype = z.infer<typeof chainGenotype>;
/** Stages of inverted residual blocks. */
export type MbconvGenotype = z.infer<typeof mbconvGenotype>;
/** One architecture of any search space. */
export type Genotype = z.infer<typeof genotypeSchema>;
export type SpaceType = Genotype['space'];

/** Size of the images and number of classes. */
export const frameSchema = z.object({
  input: z.object({
    height: z.number().int().min(1).max(1024),
    width: z.number().int().min(1).max(1024),
    channels: z.number().int().min(1).max(64),
  }),
  classes: z.number().int().min(2).max(10_000),
});
export type NetworkFrame = z.infer<typeof frameSchema>;

/** How cells are stacked into a network. */
export const skeletonSchema = frameSchema.extend({
  /** Number of cells; those at ⌊L/3⌋ and ⌊2L/3⌋ are reduction cells. */
  cells: z.number().int().min(1).max(100),
  /** Channels C of the first cell's nodes; doubled by each reduction. */
  channels: z.number().int().min(1).max(1024),
  /** The stem has this many times C channels. */
  stemMultiplier: z.number().int().min(1).max(8),
});
export type Skeleton = z.infer<typeof skeletonSchema>;

export function isSkeleton(network: NetworkFrame | Skeleton): network is Skeleton {
  return 'cells' in network;
}

/** `genotype.json` of a run folder, and the input of code generation. */
export const genotypeFileSchema = z.object({
  format: z.literal('nas-workbench/genotype'),
  version: z.literal(1),
  genotype: genotypeSchema,
  /** The network that is trained and generated from the genotype; chains and MBConv networks need no more than a frame. */
  network: z.union([skeletonSchema, frameSchema]),
  /** What the input values were normalized with, per channel: (value / 255 − mean) / deviation. */
  normalization: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }).optional(),
  classNames: z.array(z.string()).optional(),
  /** Where it comes from; goes into the header of generated code. */
  origin: z.object({
    name: z.string(),
    runId: z.string(),
    strategy: z.string(),
    data: z.string(),
    seed: z.number(),
    /** Epoch of a gradient search or trial of another, counted from 0. */
    epoch: z.number(),
    /** What `epoch` counts. */
    unit: z.enum(['epoch', 'trial']).default('epoch'),
    backend: z.string(),
    createdAt: z.string(),
    tool: z.string(),
  }),
});
export type GenotypeFile = z.infer<typeof genotypeFileSchema>;
/** Spaces whose networks are stacks of cells: a genotype says nothing of their number and channels. */
type CellSpaceType = 'cell' | 'nasbench201';
/** A genotype file of one space. */
export type FileOf<S extends SpaceType> = GenotypeFile & {
  readonly genotype: Extract<Genotype, { space: S }>;
  readonly network: S extends CellSpaceType ? Skeleton : NetworkFrame;
};
export type CellPairFile = FileOf<'cell'>;

/** What a genotype is made of, part by part, as a person reads it. */
export function formatGenotype(genotype: Genotype): { readonly title: string; readonly lines: string[] }[] {
  switch (genotype.space) {
    case 'cell':
      return [
        { title: 'Normal cell', lines: formatCell(genotype.normal) },
        { title: 'Reduction cell', lines: formatCell(genotype.reduction) },
      ];
    case 'nasbench201': {
      const [a, b, c, d, e, f] = genotype.operations;
      const lines = [`1 ← ${a}(0)`, `2 ← ${b}(0) + ${c}(1)`, `3 ← ${d}(0) + ${e}(1) + ${f}(2)`];
      return [{ title: 'Cell', lines }];
    }
    case 'chain':
      return [
        {
          title: `Layers, ${genotype.connections}`,
          lines: genotype.layers.map(
            ({ operation, channels, stride }) =>
              `${operation} ${channels}${stride === 2 ? ', stride 2' : ''}`,
          ),
        },
      ];
    case 'mbconv':
      return genotype.stages.map(({ channels, stride, activation, blocks }, i) => ({
        title: `Stage ${i + 1}: ${channels} channels, stride ${stride}, ${activation}`,
        lines: blocks.map(
          ({ kernel, hidden, squeeze }) =>
            `${kernel}×${kernel}, ${hidden} inside${squeeze > 0 ? `, squeeze-and-excitation ${squeeze}` : ''}`,
        ),
      }));
  }
}

/** One line a node, e.g. `2 ← sep_conv_3x3(0) + skip_connect(1)`. */
export function formatCell(cell: CellGenotype): string[] {
  return cell.nodes.map((edges, node) => {
    const sum = edges.map((edge) => `${edge.operation}(${edge.input})`).join(' + ');
    return `${node + 2} ← ${sum}`;
  });
}

/**
 * Operations on the edges of an architecture's normal cell, or of its only one.
 * @throws RangeError for an architecture that is not made of cells
 */
export function normalCellOperations(genotype: Genotype): string[] {
  switch (genotype.space) {
    case 'cell':
      return genotype.normal.nodes.flat().map(({ operation }) => operation);
    case 'nasbench201':
      return [...genotype.operations];
    default:
      throw new RangeError(`The space "${genotype.space}" has no cells.`);
  }
}
