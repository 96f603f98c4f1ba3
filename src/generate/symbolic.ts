/**
 * Layers with parameters in place of numbers. An operation of the registry gives its layers for one place of a network;
 * looked at in several places, its numbers show which of them follow the channels, the kernel or the stride, and one
 * reusable block can be written instead of a copy a place.
 */
import { layerOutput, type Layer, type Stride } from '../space/layers';

export type ParameterName = 'inChannels' | 'channels' | 'kernel' | 'stride';

/** Values of the parameters at one place where layers were looked at. */
export interface Place {
  /** Given where input and output may differ in channels. */
  readonly inChannels?: number;
  readonly channels: number;
  readonly kernel?: number;
  readonly stride: Stride;
  /** Looked at to tell formulas apart; no place of the network. */
  readonly probe?: boolean;
}

export type Expression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'parameter'; readonly of: ParameterName }
  | { readonly kind: 'multiple'; readonly of: ParameterName; readonly factor: number }
  /** ⌊of / divisor⌋ */
  | { readonly kind: 'quotient'; readonly of: ParameterName; readonly divisor: number }
  /** of − ⌊of / divisor⌋ */
  | { readonly kind: 'rest'; readonly of: ParameterName; readonly divisor: number }
  /** No formula found: the value for each number of channels. */
  | { readonly kind: 'table'; readonly of: 'channels'; readonly entries: ReadonlyMap<number, number> };

/** `Layer` with expressions for numbers, and with the channels that PyTorch wants to be told. */
export type SymbolicLayer =
  | { readonly kind: 'relu' | 'identity' | 'shift' }
  | {
      readonly kind: 'conv';
      readonly inChannels: Expression;
      readonly filters: Expression;
      readonly kernel: Expression;
      readonly stride: Expression;
    }
  | {
      readonly kind: 'axisConv';
      readonly axis: 'height' | 'width';
      readonly inChannels: Expression;
      readonly filters: Expression;
      readonly kernel: Expression;
      readonly stride: Expression;
    }
  | {
      readonly kind: 'depthwise';
      readonly channels: Expression;
      readonly kernel: Expression;
      readonly stride: Expression;
      readonly dilation: 1 | 2;
    }
  | { readonly kind: 'batchNorm'; readonly channels: Expression; readonly affine: boolean }
  | { readonly kind: 'maxPool' | 'avgPool' | 'zero'; readonly stride: Expression }
  | { readonly kind: 'parallel'; readonly branches: readonly (readonly SymbolicLayer[])[] };

const channelParameters = ['inChannels', 'channels'] as const;

function tabulate(values: readonly number[], places: readonly Place[]): Expression | undefined {
  const entries = new Map<number, number>();
  for (const [i, { channels, probe }] of places.entries()) {
    if (probe) continue;
    if (entries.has(channels) && entries.get(channels) !== values[i]) return undefined;
    entries.set(channels, values[i]!);
  }
  return { kind: 'table', of: 'channels', entries };
}

/** The simplest expression that has these values at these places; `preferred` wins over an equal constant. */
function fit(
  values: readonly number[],
  places: readonly Place[],
  preferred?: ParameterName,
): Expression | undefined {
  const holds = (formula: (place: Place) => number | undefined) =>
    places.every((place, i) => formula(place) === values[i]);
  if (preferred && holds((place) => place[preferred])) return { kind: 'parameter', of: preferred };
  const value = values[0]!;
  if (holds(() => value)) return { kind: 'constant', value };
  for (const of of ['kernel', 'stride', ...channelParameters] as const) {
    if (holds((place) => place[of])) return { kind: 'parameter', of };
  }
  for (const of of channelParameters) {
    const factor = value / (places[0]![of] ?? NaN);
    if (Number.isInteger(factor) && holds((place) => place[of]! * factor))
      return { kind: 'multiple', of, factor };
    for (let divisor = 2; divisor <= 16; divisor++) {
      const quotient = (place: Place) => Math.floor(place[of]! / divisor);
      if (holds(quotient)) return { kind: 'quotient', of, divisor };
      if (holds((place) => place[of]! - quotient(place))) return { kind: 'rest', of, divisor };
    }
  }
  return tabulate(values, places);
}

type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>;

function allOf<K extends Layer['kind']>(layers: readonly Layer[], kind: K): LayerOf<K>[] | undefined {
  const same = layers.filter((layer): layer is LayerOf<K> => layer.kind === kind);
  return same.length === layers.length ? same : undefined;
}

/** The common form of what stands at one position in every place. */
function unifyLayer(
  column: readonly Layer[],
  places: readonly Place[],
  channels: readonly number[],
): SymbolicLayer | undefined {
  const { kind } = column[0]!;
  switch (kind) {
    case 'relu':
    case 'identity':
    case 'shift':
      return allOf(column, kind) && { kind };
    case 'conv': {
      const layers = allOf(column, kind);
      const inChannels = fit(channels, places);
      const filters =
        layers &&
        fit(
          layers.map((layer) => layer.filters),
          places,
        );
      const kernel =
        layers &&
        fit(
          layers.map((layer) => layer.kernel),
          places,
          'kernel',
        );
      const stride =
        layers &&
        fit(
          layers.map((layer) => layer.stride),
          places,
        );
      return inChannels && filters && kernel && stride && { kind, inChannels, filters, kernel, stride };
    }
    case 'axisConv': {
      const layers = allOf(column, kind);
      const axis = layers?.[0]?.axis;
      if (!axis || !layers?.every((layer) => layer.axis === axis)) return undefined;
      const common = unifyLayer(
        layers.map((layer) => ({ ...layer, kind: 'conv' })),
        places,
        channels,
      );
      return common?.kind === 'conv' ? { ...common, kind, axis } : undefined;
    }
    case 'activation':
    case 'squeezeExcite':
      throw new RangeError(`Code of an operation cannot hold the layer "${kind}" yet.`);
    case 'depthwise': {
      const layers = allOf(column, kind);
      const dilation = layers?.[0]?.dilation;
      const width = fit(channels, places);
      const kernel =
        layers &&
        fit(
          layers.map((layer) => layer.kernel),
          places,
          'kernel',
        );
      const stride =
        layers &&
        fit(
          layers.map((layer) => layer.stride),
          places,
        );
      if (!layers?.every((layer) => layer.dilation === dilation)) return undefined;
      return width && kernel && stride && dilation && { kind, channels: width, kernel, stride, dilation };
    }
    case 'batchNorm': {
      const layers = allOf(column, kind);
      const affine = layers?.[0]?.affine;
      const width = fit(channels, places);
      if (!layers?.every((layer) => layer.affine === affine)) return undefined;
      return width && affine !== undefined ? { kind, channels: width, affine } : undefined;
    }
    case 'maxPool':
    case 'avgPool':
    case 'zero': {
      const layers = allOf(column, kind);
      if (layers?.some((layer) => 'kernel' in layer && layer.kernel !== 3)) {
        throw new RangeError('Code can be generated for 3×3 pools only.');
      }
      const stride =
        layers &&
        fit(
          layers.map((layer) => layer.stride),
          places,
        );
      return stride && { kind, stride };
    }
    case 'parallel': {
      const layers = allOf(column, kind);
      const count = layers?.[0]?.branches.length ?? 0;
      if (!layers?.every((layer) => layer.branches.length === count)) return undefined;
      const branches = Array.from({ length: count }, (_, branch) =>
        unifyLayers(
          layers.map((layer) => layer.branches[branch]!),
          places,
          channels,
        ),
      );
      return branches.every((branch) => branch !== undefined) ? { kind, branches } : undefined;
    }
  }
}

/**
 * One list of layers with expressions that stands for all the given ones.
 * @param samples layers at each of `places`
 * @param channels channels that go in at each of `places`
 * @returns undefined where the lists differ in more than numbers that follow the channels
 */
export function unifyLayers(
  samples: readonly (readonly Layer[])[],
  places: readonly Place[],
  channels: readonly number[],
): SymbolicLayer[] | undefined {
  const length = samples[0]!.length;
  if (samples.some((layers) => layers.length !== length)) return undefined;
  const result: SymbolicLayer[] = [];
  let width = channels;
  for (let i = 0; i < length; i++) {
    const column = samples.map((layers) => layers[i]!);
    const layer = unifyLayer(column, places, width);
    if (!layer) return undefined;
    result.push(layer);
    // The size does not matter for the channels.
    width = column.map((each, s) => layerOutput(each, { height: 8, width: 8, channels: width[s]! }).channels);
  }
  return result;
}

function expressionsOf(layer: SymbolicLayer, withWidths: boolean): Expression[] {
  switch (layer.kind) {
    case 'conv':
    case 'axisConv':
      return [...(withWidths ? [layer.inChannels] : []), layer.filters, layer.kernel, layer.stride];
    case 'depthwise':
      return [...(withWidths ? [layer.channels] : []), layer.kernel, layer.stride];
    case 'batchNorm':
      return withWidths ? [layer.channels] : [];
    case 'maxPool':
    case 'avgPool':
    case 'zero':
      return [layer.stride];
    case 'parallel':
      return layer.branches.flat().flatMap((inner) => expressionsOf(inner, withWidths));
    case 'relu':
    case 'identity':
    case 'shift':
      return [];
  }
}

/**
 * The parameters that layers depend on.
 * @param withWidths whether a layer has to be told its input's channels, as in PyTorch
 */
export function parametersOf(layers: readonly SymbolicLayer[], withWidths: boolean): ParameterName[] {
  const expressions = layers.flatMap((layer) => expressionsOf(layer, withWidths));
  const used = new Set(expressions.flatMap((each) => (each.kind === 'constant' ? [] : [each.of])));
  return (['inChannels', 'channels', 'kernel', 'stride'] as const).filter((name) => used.has(name));
}

export function isConstant(expression: Expression, value: number): boolean {
  return expression.kind === 'constant' && expression.value === value;
}
