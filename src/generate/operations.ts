/**
 * The operations of a genotype, sorted out for a reader: which reusable blocks (one class or function each) the code
 * needs, and what each operation is in terms of them. Operations that differ in the kernel alone share a block.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Layer, Stride } from '../space/layers';
import { operationNamed, type Operation } from '../space/operations';
import { makeBlock, type Block } from './blocks';
import type { Surroundings } from './surroundings';
import { unifyLayers, type Place, type SymbolicLayer } from './symbolic';

export type OperationBody =
  | { readonly kind: 'layer'; readonly layer: SymbolicLayer }
  /** `kernel` where the block has such a parameter. */
  | { readonly kind: 'block'; readonly block: Block; readonly kernel?: number };

/** Where a body holds; everywhere where it says nothing. */
interface Condition {
  readonly stride?: Stride;
  /** Whether input and output have the same number of channels. */
  readonly keepsChannels?: boolean;
}

/** What one operation of the genotype is: one body for all places, or one for each kind of them. */
export interface OperationCase {
  readonly name: string;
  readonly variants: readonly (Condition & { readonly body: OperationBody })[];
}

interface Member {
  readonly operation: Operation;
  /** From the name: 3 in `sep_conv_3x3`. */
  readonly kernel?: number;
}

/** `sep_conv_3x3` is the member with kernel 3 of `sep_conv`, `conv_7x1_1x7` that with kernel 7 of `conv_pair`. */
function familyOf(name: string): { family: string; kernel?: number } {
  const pair = /^(.+?)_(\d+)x1_1x\2(.*)$/.exec(name);
  if (pair) return { family: `${pair[1]!}_pair${pair[3]!}`, kernel: Number(pair[2]) };
  const match = /^(.+?)_(\d+)x\2(.*)$/.exec(name);
  return match ? { family: match[1]! + match[3]!, kernel: Number(match[2]) } : { family: name };
}

interface Look {
  readonly places: readonly Place[];
  readonly samples: readonly (readonly Layer[])[];
  readonly layers: SymbolicLayer[] | undefined;
}

/** The members' layers at all places that they can have in the network, and at some more. */
function lookAt(
  members: readonly Member[],
  sites: readonly Place[],
  { layersAt }: Surroundings,
  byKernel: boolean,
): Look {
  const looks = members.flatMap(({ operation, kernel }) =>
    sites.map((site) => ({
      place: { ...site, kernel: byKernel ? kernel : undefined },
      layers: layersAt(operation, site),
    })),
  );
  const places = looks.map((look) => look.place);
  const samples = looks.map((look) => look.layers);
  const inputs = places.map((place) => place.inChannels ?? place.channels);
  return { places, samples, layers: unifyLayers(samples, places, inputs) };
}

function hasKernel(layers: readonly SymbolicLayer[]): boolean {
  return layers.some((layer) => {
    if (layer.kind === 'parallel') return layer.branches.some(hasKernel);
    return 'kernel' in layer && layer.kernel.kind === 'parameter' && layer.kernel.of === 'kernel';
  });
}

/** One body a member, or nothing where no common form describes them. */
function bodiesOf(
  name: string,
  members: readonly Member[],
  sites: readonly Place[],
  surroundings: Surroundings,
): OperationBody[] | undefined {
  const { layers, places, samples } = lookAt(members, sites, surroundings, true);
  if (!layers) return undefined;
  const found = surroundings.known.find((each) =>
    samples.every((sample, i) => isDeepStrictEqual(sample, each.layers(places[i]!))),
  );
  if (found || layers.length > 1) {
    const block = found?.block ?? makeBlock(name, layers);
    const withKernel = hasKernel(block.layers);
    return members.map(({ kernel }) => ({
      kind: 'block',
      block,
      ...(withKernel ? { kernel: kernel ?? 1 } : {}),
    }));
  }
  return members.map((member) => {
    const alone = lookAt([member], sites, surroundings, false).layers?.[0];
    return { kind: 'layer', layer: alone ?? { kind: 'identity' } };
  });
}

interface Part {
  readonly condition: Condition;
  /** Appended to the name of the part's block. */
  readonly suffix: string;
  readonly sites: readonly Place[];
}

const keepsChannels = ({ inChannels, channels }: Place) => (inChannels ?? channels) === channels;

/** Ways to tell the places of an operation apart, the simplest first. Parts without a place of the network drop out. */
function splits(sites: readonly Place[]): (readonly Part[])[] {
  const byChannels = (part: Part): Part[] => {
    // Where they are the same, a block has one parameter for both.
    const same = part.sites.filter(keepsChannels).map(({ inChannels: _, ...site }) => site);
    const other = part.sites.filter((site) => !keepsChannels(site));
    return [
      { ...part, condition: { ...part.condition, keepsChannels: true }, sites: same },
      { ...part, suffix: `_conv${part.suffix}`, sites: other },
    ];
  };
  const all: Part = { condition: {}, suffix: '', sites };
  const byStride = ([1, 2] as const).map((stride): Part => ({
    condition: { stride },
    suffix: `_stride_${stride}`,
    sites: sites.filter((site) => site.stride === stride),
  }));
  const [one, two] = byStride as [Part, Part];
  const ways = [
    byChannels(all),
    byStride,
    [...byChannels(one), two],
    [...byChannels(one), ...byChannels(two)],
  ];
  return ways.map((parts) => parts.filter((part) => part.sites.some(({ probe }) => !probe)));
}

function casesOf(family: string, members: readonly Member[], surroundings: Surroundings): OperationCase[] {
  const sites = surroundings.sitesOf(members.map(({ operation }) => operation.name));
  const bodies = bodiesOf(family, members, sites, surroundings);
  if (bodies) {
    return members.map(({ operation }, i) => ({ name: operation.name, variants: [{ body: bodies[i]! }] }));
  }
  if (members.length > 1) {
    return members.flatMap((member) => casesOf(member.operation.name, [member], surroundings));
  }
  const { name } = members[0]!.operation;
  for (const parts of splits(sites)) {
    const variants = parts.flatMap((part) => {
      const body = bodiesOf(family + part.suffix, members, part.sites, surroundings)?.[0];
      return body ? [{ ...part.condition, body }] : [];
    });
    if (variants.length === parts.length) return [{ name, variants }];
  }
  throw new Error(`The layers of "${name}" depend on the channels in more than numbers.`);
}

/** @param names operations of the genotype, each once */
export function describeOperations(names: readonly string[], surroundings: Surroundings): OperationCase[] {
  const families = new Map<string, Member[]>();
  for (const name of names) {
    const { family, kernel } = familyOf(name);
    families.set(family, [...(families.get(family) ?? []), { operation: operationNamed(name), kernel }]);
  }
  const cases = [...families].flatMap(([family, members]) => casesOf(family, members, surroundings));
  return names.map((name) => cases.find((each) => each.name === name)!);
}
