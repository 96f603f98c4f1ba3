/** Where the operations of a genotype stand in a network of each space, and which blocks stand ready for them. */
import { chainOperationLayers } from '../space/chain/plan';
import type { ChainGenotype } from '../space/chain/genotype';
import { factorizedReduce, type Layer, type Stride } from '../space/layers';
import type { Operation } from '../space/operations';
import { convBlock, factorizedReduceBlock, probes, type Block } from './blocks';
import type { Place } from './symbolic';

/** A block that stands ready for the operations that have its layers at every place. */
interface KnownBlock {
  readonly block: Block;
  readonly layers: (place: Place) => Layer[];
}

export interface Surroundings {
  /** All places of these operations in the network, and probes; the kernel is left open. */
  readonly sitesOf: (names: readonly string[]) => readonly Place[];
  readonly layersAt: (operation: Operation, site: Place) => readonly Layer[];
  readonly known: readonly KnownBlock[];
}

const knownReduce: KnownBlock = {
  block: factorizedReduceBlock,
  layers: ({ channels }) => factorizedReduce(channels, true),
};

function reluConvBn({ channels, kernel = 1, stride }: Place): Layer[] {
  return [
    { kind: 'relu' },
    { kind: 'conv', kernel, stride, filters: channels },
    { kind: 'batchNorm', affine: true },
  ];
}

/** In a cell, an operation leaves the channels as they are. */
function cellSites(channels: readonly number[], strides: readonly Stride[]): readonly Place[] {
  const widths = [...new Set([...channels, ...probes])];
  return widths.flatMap((width) =>
    strides.map((stride) => ({ channels: width, stride, probe: !channels.includes(width) })),
  );
}

const layersInCell: Surroundings['layersAt'] = (operation, { channels, stride }) =>
  operation.layers({ channels, stride, affine: true });

/**
 * Operations in cells of which some halve the size.
 * @param channels all numbers of channels that nodes of the network have
 */
export function cellSurroundings(channels: readonly number[]): Surroundings {
  const sites = cellSites(channels, [1, 2]);
  return { sitesOf: () => sites, layersAt: layersInCell, known: [knownReduce] };
}

/** Operations in a cell of NAS-Bench-201, which keeps the size. */
export function bench201Surroundings(channels: readonly number[]): Surroundings {
  const sites = cellSites(channels, [1]);
  return { sitesOf: () => sites, layersAt: layersInCell, known: [{ block: convBlock, layers: reluConvBn }] };
}

/** A layer of a chain with the channels that it reads. */
export interface ChainSite extends Place {
  readonly operation: string;
  readonly inChannels: number;
}

/** Operations of a chain, whose channels may change in every layer. */
export function chainSurroundings(layers: readonly ChainSite[]): Surroundings {
  const sitesOf = (names: readonly string[]): Place[] => {
    const used = layers.filter(({ operation }) => names.includes(operation));
    const probed = probes.flatMap((inChannels, i) =>
      [inChannels, probes.at(i - 1)!].flatMap((channels) =>
        ([1, 2] as const).map((stride) => ({ inChannels, channels, stride, probe: true })),
      ),
    );
    return [...used.map(({ inChannels, channels, stride }) => ({ inChannels, channels, stride })), ...probed];
  };
  return {
    sitesOf,
    layersAt: ({ name }, { inChannels, channels, stride }) => {
      const layer: ChainGenotype['layers'][number] = { operation: name, channels, stride };
      const built = chainOperationLayers(layer, { height: 8, width: 8, channels: inChannels ?? channels });
      // Beside others, an identity does nothing.
      return built.length > 1 ? built.filter(({ kind }) => kind !== 'identity') : built;
    },
    known: [knownReduce, { block: { ...convBlock, optionalStride: false }, layers: reluConvBn }],
  };
}
