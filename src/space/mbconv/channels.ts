/** How widths are rounded in MBConv networks. */

/**
 * The multiple of 8 nearest to `width`, but never more than 10 % below it (`_make_divisible` of MobileNetV3,
 * `round_filters` of EfficientNet).
 */
export function roundChannels(width: number): number {
  const rounded = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return rounded < 0.9 * width ? rounded + 8 : rounded;
}

/** Channels between the two 1 × 1 convolutions of a block. An expansion of 1 keeps the input as it is. */
export function hiddenChannels(input: number, expansion: number): number {
  return expansion === 1 ? input : roundChannels(input * expansion);
}

/**
 * Bottleneck of squeeze-and-excitation. EfficientNet (`sigmoid`) takes a quarter of the block's input, MobileNetV3
 * (`hard_sigmoid`) a quarter of the hidden channels, rounded.
 */
export function squeezeChannels(gate: 'sigmoid' | 'hard_sigmoid', input: number, hidden: number): number {
  return gate === 'sigmoid' ? Math.max(1, Math.floor(input / 4)) : roundChannels(Math.floor(hidden / 4));
}
