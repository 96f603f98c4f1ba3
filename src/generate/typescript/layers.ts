/** Layers and blocks in TensorFlow.js: functions from symbolic tensor to symbolic tensor, [n, h, w, c]. */
import { group, layOut, prefixed, prettierStyle, type Document } from '../layout';
import { argumentsOf, type Block } from '../blocks';
import type { OperationBody } from '../operations';
import { branchName, hasWeights, layerName, ownName, type LayerName } from '../layerNames';
import {
  isConstant,
  parametersOf,
  type Expression,
  type ParameterName,
  type SymbolicLayer,
} from '../symbolic';
import { camelCase, wrap } from '../text';

/** Functions and layers that a skeleton may call whatever its operations need. */
export type Helper = 'add' | 'concat' | 'single' | 'relu' | 'dropPath';

/** What is written for the networks of one space. */
export interface SpaceCode {
  /** The genotype as a constant. */
  readonly table: string;
  /** What the network's own code calls. */
  readonly uses: readonly Helper[];
  /** From the single operation to the whole network. */
  readonly network: readonly string[];
}

export function lay(document: Document, depth = 0): string {
  return layOut(document, prettierStyle, depth);
}

/** Parameters go by the names that TensorFlow.js gives them. */
function nameOf(parameter: ParameterName): string {
  return parameter === 'kernel' ? 'kernelSize' : parameter;
}

function write(expression: Expression): string {
  if (expression.kind === 'constant') return String(expression.value);
  const of = nameOf(expression.of);
  switch (expression.kind) {
    case 'parameter':
      return of;
    case 'multiple':
      return `${expression.factor} * ${of}`;
    case 'quotient':
      return `Math.floor(${of} / ${expression.divisor})`;
    case 'rest':
      return `${of} - Math.floor(${of} / ${expression.divisor})`;
    case 'table': {
      const entries = [...expression.entries].map(([key, value]) => `${key}: ${value}`);
      return `({ ${entries.join(', ')} } as Record<number, number>)[${of}]!`;
    }
  }
}

/** A call whose last argument, the stride, is left out where it is 1. */
function call(name: string, args: readonly Document[], stride: Expression): Document {
  const last = isConstant(stride, 1) ? [] : [write(stride)];
  return group(`${name}(`, [...args, ...last], ')');
}

/** The name as an expression, made of the parameter `name`. */
function nameExpression(ends: LayerName): string {
  return ends === '' ? 'name' : `\`\${name}${ends}\``;
}

/**
 * Expression of a layer's output for the input `x`.
 * @param ends how the layer's name ends, where it has weights
 */
function outputOf(layer: SymbolicLayer, x: Document, ends: LayerName): Document {
  const name = nameExpression(ends);
  switch (layer.kind) {
    case 'relu':
      return group('relu(', [x], ')');
    case 'identity':
      return x;
    case 'shift':
      return group('shift(', [x], ')');
    case 'conv':
      return call('conv', [name, x, write(layer.filters), write(layer.kernel)], layer.stride);
    case 'axisConv': {
      const convolve = layer.axis === 'width' ? 'rowConv' : 'columnConv';
      return call(convolve, [name, x, write(layer.filters), write(layer.kernel)], layer.stride);
    }
    case 'depthwise':
      return call(
        layer.dilation === 2 ? 'dilatedDepthwise' : 'depthwise',
        [name, x, write(layer.kernel)],
        layer.stride,
      );
    case 'batchNorm':
      return group('batchNorm(', [name, x, ...(layer.affine ? [] : ['false'])], ')');
    case 'maxPool':
    case 'avgPool':
    case 'zero':
      return call(layer.kind, [x], layer.stride);
    case 'parallel':
      return group(
        'concat([',
        layer.branches.map((branch, i) => nested(branch, x, branchName(ends, i))),
        '])',
      );
  }
}

/** Layers after each other as nested calls, for the short branches of a block. */
function nested(layers: readonly SymbolicLayer[], x: Document, ends: LayerName): Document {
  return layers.reduce<Document>((inner, layer, i) => outputOf(layer, inner, layerName(ends, layers, i)), x);
}

/** A statement made of a document. */
export function statement(start: string, document: Document, depth: number): string {
  const ended = typeof document === 'string' ? `${document};` : { ...document, close: `${document.close};` };
  return lay(prefixed(start, ended), depth);
}

/** A block as a function. */
export function blockFunction(block: Block): string {
  const parameters = parametersOf(block.layers, false).map((name) =>
    block.optionalStride && name === 'stride' ? 'stride = 1' : `${nameOf(name)}: number`,
  );
  const steps = block.layers.map((layer, i) =>
    statement(
      i === block.layers.length - 1 ? 'return ' : 'x = ',
      outputOf(layer, 'x', layerName(ownName, block.layers, i)),
      1,
    ),
  );
  const summary = wrap(block.summary, 74);
  const lines = [...summary, ...(block.details ? ['', ...wrap(block.details, 74)] : [])];
  const words =
    lines.length === 1
      ? `/** ${block.summary} */`
      : ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
  return `\
${words}
${lay(group(`function ${camelCase(block.name)}(`, [...(hasWeights(block.layers) ? ['name: string'] : []), 'x: Tensor', ...parameters], '): Tensor {'))}
${steps.join('\n')}
}`;
}

/** Expression of an operation's output for `x`, `channels` and `stride`. */
export function operationOutput(body: OperationBody): Document {
  if (body.kind === 'layer') return outputOf(body.layer, 'x', ownName);
  const args = argumentsOf(body.block, false).map((parameter) =>
    parameter === 'kernel' ? String(body.kernel) : parameter,
  );
  const name = hasWeights(body.block.layers) ? ['name'] : [];
  return group(`${camelCase(body.block.name)}(`, [...name, 'x', ...args], ')');
}

/** The parameters that an operation's output depends on, of `channels` and `stride`. */
export function operationParameters(body: OperationBody): ParameterName[] {
  return body.kind === 'layer' ? parametersOf([body.layer], false) : argumentsOf(body.block, false);
}
