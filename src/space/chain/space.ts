/** The space of chains: for each layer an operation and its channels, how many layers, and how they are connected. */
import type { Random } from '../../random';
import { decisionsOf, drawByCount, either, oneHotOf, otherIndex } from '../choices';
import type { NetworkFrame } from '../frame';
import type { ChainConnections, ChainGenotype } from './genotype';
import { canonicalOperation, operationNames } from '../operations';
import { requireInside, requireOwn, type Decision, type MutationOf, type SearchSpaceOf } from '../contract';
import { planChain } from './plan';

export interface ChainOptions {
  readonly operations: readonly string[];
  readonly channels: readonly number[];
  /** Numbers of layers an architecture can have. */
  readonly layers: readonly number[];
  readonly connections: readonly ChainConnections[];
  /** How many layers have stride 2, fewer than the fewest layers. */
  readonly reductions: number;
}

/** Indices into the options. */
interface LayerChoice {
  readonly operation: number;
  readonly channels: number;
}

/** An architecture in numbers: what mutations and crossover work on. */
interface ChainChoice {
  readonly connection: number;
  readonly layers: readonly LayerChoice[];
}

/** Layers of stride 2 among `count`: at round(i·count/(reductions + 1)), i from 1 on. */
export function reductionLayers(count: number, reductions: number): Set<number> {
  const at = (i: number): number => Math.round((i * count) / (reductions + 1));
  return new Set(Array.from({ length: reductions }, (_, i) => at(i + 1)));
}

const layerPattern = /^(\w+) (\d+)$/;

export class ChainSearchSpace implements SearchSpaceOf<ChainGenotype> {
  readonly type = 'chain';
  readonly size: bigint;
  readonly mutations: readonly MutationOf<ChainGenotype>[];
  /** Ascending. */
  private readonly counts: readonly number[];

  constructor(private readonly options: ChainOptions) {
    this.counts = [...options.layers].sort((a, b) => a - b);
    this.size = this.architectures().reduce((sum, count) => sum + count, 0n);
    this.mutations = [
      {
        name: 'operation',
        apply: this.mutation((own, random) => this.changeLayer(own, 'operation', random)),
      },
      { name: 'channels', apply: this.mutation((own, random) => this.changeLayer(own, 'channels', random)) },
      { name: 'addLayer', apply: this.mutation((own, random) => this.addLayers(own, random)) },
      { name: 'removeLayer', apply: this.mutation((own, random) => this.removeLayers(own, random)) },
      { name: 'connection', apply: this.mutation((own, random) => this.reconnect(own, random)) },
    ];
  }

  sample(random: Random): ChainGenotype {
    const count = this.counts[drawByCount(this.architectures(), random)]!;
    const connection = random.integer(this.options.connections.length);
    const layers = Array.from({ length: count }, () => this.drawLayer(random));
    return this.build({ connection, layers });
  }

  /** E.g. `skip: conv_3x3 16; max_pool_3x3 32`. */
  encode(genotype: ChainGenotype): string {
    const { connections, layers } = this.own(genotype);
    return `${connections}: ${layers.map(({ operation, channels }) => `${operation} ${channels}`).join('; ')}`;
  }

  decode(text: string): ChainGenotype {
    const [connections, list, ...rest] = text.split(': ');
    const lines = list?.split('; ').map((line) => layerPattern.exec(line));
    if (!lines || rest.length > 0 || lines.includes(null)) {
      throw new RangeError(`${JSON.stringify(text)} is no chain.`);
    }
    const strided = reductionLayers(lines.length, this.options.reductions);
    const genotype: ChainGenotype = {
      space: 'chain',
      connections: connections as ChainConnections,
      layers: lines.map((match, i) => ({
        operation: canonicalOperation(match![1]!),
        channels: Number(match![2]),
        stride: strided.has(i) ? 2 : 1,
      })),
    };
    if (!genotype.layers.every(({ operation }) => operationNames.includes(operation))) {
      throw new RangeError(`${JSON.stringify(text)} is no chain.`);
    }
    requireInside(() => this.choiceOf(genotype));
    return genotype;
  }

  /** Without the identities of a sequence: layers that copy their input. A single layer has nothing to be dense with. */
  canonical(genotype: ChainGenotype): string {
    const { connections, layers } = this.own(genotype);
    const stem = layers[0]!.channels;
    const isSequence = connections === 'sequential' || (connections === 'dense' && layers.length === 1);
    const kept = layers.filter(({ operation, channels, stride }, i) => {
      const input = i === 0 ? stem : layers[i - 1]!.channels;
      return !(isSequence && operation === 'skip_connect' && stride === 1 && channels === input);
    });
    const words = kept.map(({ operation, channels, stride }) => `${operation} ${channels} /${stride}`);
    return `${isSequence ? 'sequential' : connections}: stem ${stem}; ${words.join('; ')}`;
  }

  /** One-hot: number of layers, connections, and layer by layer operation, channels; zeros for layers that are not there. */
  features(genotype: ChainGenotype): number[] {
    const { connection, layers } = this.choiceOf(genotype);
    const { operations, channels, connections } = this.options;
    const most = this.counts.at(-1)!;
    return [
      ...oneHotOf(this.counts.length, this.counts.indexOf(layers.length)),
      ...oneHotOf(connections.length, connection),
      ...Array.from({ length: most }, (_, i) => [
        ...oneHotOf(operations.length, layers[i]?.operation),
        ...oneHotOf(channels.length, layers[i]?.channels),
      ]).flat(),
    ];
  }

  decide(choices: readonly number[]): Decision | undefined {
    const { operations, channels, connections } = this.options;
    if (choices.length === 0) return { key: 'layers', kind: 'layers', options: this.counts.map(String) };
    if (choices.length === 1) return { key: 'connections', kind: 'connection', options: connections };
    const layer = Math.floor((choices.length - 2) / 2);
    if (layer >= (this.counts[choices[0]!] ?? 0)) return undefined;
    return choices.length % 2 === 0
      ? { key: `layer.${layer}.operation`, kind: 'operation', options: operations }
      : { key: `layer.${layer}.channels`, kind: 'channels', options: channels.map(String) };
  }

  fromChoices(choices: readonly number[]): ChainGenotype {
    decisionsOf((before) => this.decide(before), choices);
    const layers = Array.from({ length: this.counts[choices[0]!]! }, (_, i) => ({
      operation: choices[2 + 2 * i]!,
      channels: choices[3 + 2 * i]!,
    }));
    return this.build({ connection: choices[1]!, layers });
  }

  toChoices(genotype: ChainGenotype): number[] {
    const { connection, layers } = this.choiceOf(genotype);
    const ofLayers = layers.flatMap(({ operation, channels }) => [operation, channels]);
    return [this.counts.indexOf(layers.length), connection, ...ofLayers];
  }

  /** Number of layers and connections from either parent, each layer from one that has it. */
  crossover(a: ChainGenotype, b: ChainGenotype, random: Random): ChainGenotype {
    const [first, second] = [this.choiceOf(a), this.choiceOf(b)];
    const { length } = either(first, second, random).layers;
    const layers = Array.from({ length }, (_, i) => {
      const [one, other] = [first.layers[i], second.layers[i]];
      return one && other ? either(one, other, random) : (one ?? other)!;
    });
    return this.build({ connection: either(first, second, random).connection, layers });
  }

  proxy(genotype: ChainGenotype, frame: NetworkFrame) {
    return planChain(this.own(genotype), frame);
  }

  proxyNetwork(frame: NetworkFrame): NetworkFrame {
    return frame;
  }

  /** How many there are of each number of layers. */
  private architectures(): bigint[] {
    const { operations, channels, connections } = this.options;
    const aLayer = BigInt(operations.length * channels.length);
    return this.counts.map((count) => BigInt(connections.length) * aLayer ** BigInt(count));
  }

  private drawLayer(random: Random): LayerChoice {
    const operation = random.integer(this.options.operations.length);
    return { operation, channels: random.integer(this.options.channels.length) };
  }

  private build({ connection, layers }: ChainChoice): ChainGenotype {
    const { operations, channels, connections, reductions } = this.options;
    const strided = reductionLayers(layers.length, reductions);
    return {
      space: 'chain',
      connections: connections[connection]!,
      layers: layers.map((layer, i) => ({
        operation: operations[layer.operation]!,
        channels: channels[layer.channels]!,
        stride: strided.has(i) ? 2 : 1,
      })),
    };
  }

  /** @throws RangeError for what is no architecture of this space */
  private choiceOf(genotype: ChainGenotype): ChainChoice {
    const { connections, layers } = this.own(genotype);
    const { options, counts } = this;
    const connection = options.connections.indexOf(connections);
    if (connection < 0 || !counts.includes(layers.length)) {
      throw new RangeError(`This space has no chain of ${layers.length} layers, ${connections}.`);
    }
    const strided = reductionLayers(layers.length, options.reductions);
    return {
      connection,
      layers: layers.map(({ operation, channels, stride }, i) => {
        const layer = {
          operation: options.operations.indexOf(operation),
          channels: options.channels.indexOf(channels),
        };
        const fits = layer.operation >= 0 && layer.channels >= 0 && (stride === 2) === strided.has(i);
        if (fits) return layer;
        throw new RangeError(
          `Layer ${i} (${operation} ${channels}, stride ${stride}) is none of this space.`,
        );
      }),
    };
  }

  private mutation(
    change: (own: ChainChoice, random: Random) => ChainChoice | undefined,
  ): MutationOf<ChainGenotype>['apply'] {
    return (genotype, random) => {
      const changed = change(this.choiceOf(genotype), random);
      return changed && this.build(changed);
    };
  }

  private changeLayer(
    { connection, layers }: ChainChoice,
    part: keyof LayerChoice,
    random: Random,
  ): ChainChoice | undefined {
    const count = (part === 'operation' ? this.options.operations : this.options.channels).length;
    if (count < 2) return undefined;
    const at = random.integer(layers.length);
    const changed = { ...layers[at]!, [part]: otherIndex(layers[at]![part], count, random) };
    return { connection, layers: layers.map((layer, i) => (i === at ? changed : layer)) };
  }

  /** Up to the next number of layers that is allowed, new ones at random places. */
  private addLayers({ connection, layers }: ChainChoice, random: Random): ChainChoice | undefined {
    const next = this.counts[this.counts.indexOf(layers.length) + 1];
    if (next === undefined) return undefined;
    const more = [...layers];
    while (more.length < next) more.splice(random.integer(more.length + 1), 0, this.drawLayer(random));
    return { connection, layers: more };
  }

  private removeLayers({ connection, layers }: ChainChoice, random: Random): ChainChoice | undefined {
    const next = this.counts[this.counts.indexOf(layers.length) - 1];
    if (next === undefined) return undefined;
    const fewer = [...layers];
    while (fewer.length > next) fewer.splice(random.integer(fewer.length), 1);
    return { connection, layers: fewer };
  }

  private reconnect({ connection, layers }: ChainChoice, random: Random): ChainChoice | undefined {
    const count = this.options.connections.length;
    if (count < 2) return undefined;
    return { connection: otherIndex(connection, count, random), layers };
  }

  private own(genotype: ChainGenotype): ChainGenotype {
    return requireOwn(genotype, this.type);
  }
}
