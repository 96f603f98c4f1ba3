/** What the two Python languages have in common: docstrings, expressions, the constants of a network. */
import type { GenotypeFile } from '../space/genotype';
import { blackStyle, group, layOut, prefixed, type Document } from './layout';
import type { Block } from './blocks';
import type { OperationBody, OperationCase } from './operations';
import type { Expression, ParameterName } from './symbolic';
import { numberLiteral, pythonString, wrap } from './text';

/** How a parameter is called in the block at hand. */
export type Naming = (parameter: ParameterName) => string;

export const snakeNaming: Naming = (parameter) => (parameter === 'inChannels' ? 'in_channels' : parameter);

export function pythonExpression(expression: Expression, naming: Naming = snakeNaming): string {
  if (expression.kind === 'constant') return String(expression.value);
  const of = naming(expression.of);
  switch (expression.kind) {
    case 'parameter':
      return of;
    case 'multiple':
      return `${expression.factor} * ${of}`;
    case 'quotient':
      return `${of} // ${expression.divisor}`;
    case 'rest':
      return `${of} - ${of} // ${expression.divisor}`;
    case 'table':
      return `{${[...expression.entries].map(([key, value]) => `${key}: ${value}`).join(', ')}}[${of}]`;
  }
}

/** Lines inside a docstring; no text can end it. */
export function docstring(lines: readonly string[]): string {
  const escaped = lines.map((line) => line.replace(/[\\"]/g, '\\$&'));
  return `"""${escaped.join('\n')}\n"""`;
}

/** Docstring of a block, inside a function or class. */
export function blockDocstring({ summary, details }: Block): string {
  const first = wrap(`"""${summary}`, blackStyle.width - 3, '    ').join('\n');
  if (!details && !first.includes('\n')) return `${first}"""`;
  return [first, ...(details ? ['', ...wrap(details, blackStyle.width, '    ')] : []), '    """'].join('\n');
}

/**
 * A call with positional arguments, but a stride as a keyword where it is a constant, and not at all where it is 1.
 * @param stride the last argument
 */
export function pythonCall(
  name: string,
  args: readonly Document[],
  stride: Expression,
  naming: Naming,
  ...more: string[]
): Document {
  const text = pythonExpression(stride, naming);
  const last = stride.kind !== 'constant' ? [text] : text === '1' ? [] : [`stride=${text}`];
  return group(`${name}(`, [...args, ...last, ...more], ')');
}

export function lay(document: Document, depth = 0): string {
  return layOut(document, blackStyle, depth);
}

/**
 * Class names and weights, mean and deviation as far as they are known.
 * @param weighting how a training takes the class weights, a sentence
 */
export function dataConstants(
  { classNames, classWeights, normalization }: GenotypeFile,
  weighting: string,
): string {
  const list = (name: string, items: string[]) => lay(group(`${name} = [`, items, ']'));
  const names = classNames
    ? ['# Of the logits, in order.', list('CLASS_NAMES', classNames.map(pythonString))]
    : [];
  if (classWeights) names.push(`# ${weighting}`, list('CLASS_WEIGHTS', classWeights.map(numberLiteral)));
  if (!normalization) return names.join('\n');
  const { mean, deviation } = normalization;
  return [
    ...names,
    '# Of the pixels divided by 255, per channel.',
    list('MEAN', mean.map(numberLiteral)),
    list('DEVIATION', deviation.map(numberLiteral)),
  ].join('\n');
}

/**
 * The branches of a function that goes by the operation's name.
 * @param variable parameter that has the name
 * @param sameChannels expression that tells whether input and output have the same number of channels
 */
export function operationBranches(
  operations: readonly OperationCase[],
  render: (body: OperationBody) => Document,
  variable = 'name',
  sameChannels = '',
): string {
  const result = (body: OperationBody, depth: number) => lay(prefixed('return ', render(body)), depth);
  const branches = operations.map(({ name, variants }) => {
    const lines = variants.map(({ stride, keepsChannels, body }, i) => {
      if (i === variants.length - 1) return result(body, 2);
      const conditions = [
        ...(stride === undefined ? [] : [`stride == ${stride}`]),
        ...(keepsChannels ? [sameChannels] : []),
      ];
      return `        if ${conditions.join(' and ')}:\n${result(body, 3)}`;
    });
    return [`    if ${variable} == ${pythonString(name)}:`, ...lines].join('\n');
  });
  return [...branches, `    raise ValueError(f"unknown operation {${variable}!r}")`].join('\n');
}

/** A parameter of a block's function or class. */
export function blockParameter({ optionalStride }: Block, parameter: ParameterName, naming: Naming): string {
  return `${naming(parameter)}: int${optionalStride && parameter === 'stride' ? ' = 1' : ''}`;
}

/** Lines of imports whose names the code uses. */
export function usedImports(code: string, imports: readonly (readonly [RegExp, string])[]): string[] {
  return imports.flatMap(([name, line]) => (name.test(code) ? [line] : []));
}

/** Sections of a module, two empty lines apart; one behind the imports, unless a class or function follows, as isort has it. */
export function module([imports, ...sections]: readonly [string, ...string[]]): string {
  const rest = sections.filter((section) => section !== '');
  const gap = /^(class|def|@)/.test(rest[0] ?? '') ? '\n\n\n' : '\n\n';
  return `${imports}${gap}${rest.join('\n\n\n')}\n`;
}
