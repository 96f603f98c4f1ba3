/** Layers in words, for the doc comment of a block. */
import type { Expression, SymbolicLayer } from './symbolic';

function sizeOf(kernel: Expression): string {
  return kernel.kind === 'constant' ? `${kernel.value}×${kernel.value} ` : '';
}

function phrase(layer: SymbolicLayer): string {
  switch (layer.kind) {
    case 'relu':
      return 'ReLU';
    case 'identity':
      return 'identity';
    case 'shift':
      return 'shift by one pixel';
    case 'conv':
      return `${sizeOf(layer.kernel)}convolution`;
    case 'axisConv':
      return `convolution along the ${layer.axis}`;
    case 'depthwise':
      return `${layer.dilation === 2 ? 'dilated ' : ''}${sizeOf(layer.kernel)}depthwise convolution`;
    case 'batchNorm':
      return 'BN';
    case 'maxPool':
      return 'max pooling';
    case 'avgPool':
      return 'average pooling';
    case 'zero':
      return 'zeros';
    case 'parallel':
      return `concatenation of ${layer.branches.map((branch) => `(${branch.map(phrase).join(', ')})`).join(' and ')}`;
  }
}

/** One sentence, e.g. `ReLU, depthwise convolution, 1×1 convolution, BN; all of it twice.` */
export function summarize(layers: readonly SymbolicLayer[]): string {
  const phrases = layers.map(phrase);
  const half = phrases.slice(0, phrases.length / 2).join(', ');
  const repeated = half !== '' && half === phrases.slice(phrases.length / 2).join(', ');
  const text = repeated ? `${half}; all of it twice` : phrases.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
