/** The operations of a genotype in TensorFlow.js: their type, and the function that applies one by its name. */
import type { NetworkDescription } from '../describe';
import { group, prettierStyle } from '../layout';
import { hasWeights } from '../layerNames';
import type { ParameterName } from '../symbolic';
import { typescriptString } from '../text';
import { lay, operationOutput, operationParameters, statement } from './layers';

/** `Operation`: the union of the names. */
export function operationType({ operations }: NetworkDescription): string {
  const names = operations.map(({ name }) => typescriptString(name));
  const union = `${names.join(' | ')};`;
  const forms = [`type Operation = ${union}`, `type Operation =\n  ${union}`];
  return (
    forms.find((form) => form.split('\n').every((line) => line.length <= prettierStyle.width)) ??
    `type Operation =\n${names.map((name) => `  | ${name}`).join('\n')};`
  );
}

/** What `operate` is called with: what no operation asks for would be an unused parameter. */
export function operandNames({ passesStride, operations }: NetworkDescription): string[] {
  const variants = operations.flatMap((operation) => operation.variants);
  const asksFor = (name: ParameterName) =>
    variants.some(({ body }) => operationParameters(body).includes(name));
  // The last variant of an operation is what remains, and needs no condition.
  const tested = operations.flatMap((operation) => operation.variants.slice(0, -1));
  const channels = asksFor('channels') || tested.some(({ keepsChannels }) => keepsChannels);
  const stride = passesStride || asksFor('stride') || tested.some((variant) => variant.stride !== undefined);
  const name = variants.some(({ body }) =>
    hasWeights(body.kind === 'layer' ? [body.layer] : body.block.layers),
  );
  return [
    'operation',
    ...(name ? ['name'] : []),
    'x',
    ...(channels ? ['channels'] : []),
    ...(stride ? ['stride'] : []),
  ];
}

const types: Readonly<Record<string, string>> = { operation: 'Operation', name: 'string', x: 'Tensor' };

/** @param summary doc comment, one sentence */
export function operate(description: NetworkDescription, summary: string): string {
  const parameters = operandNames(description).map((name) => `${name}: ${types[name] ?? 'number'}`);
  const cases = description.operations.map(({ name, variants }) => {
    const lines = variants.map(({ stride, keepsChannels, body }, i) => {
      const conditions = [
        ...(stride === undefined ? [] : [`stride === ${stride}`]),
        ...(keepsChannels ? ['x.shape[3] === channels'] : []),
      ];
      const isLast = i === variants.length - 1;
      const start = isLast ? 'return ' : `if (${conditions.join(' && ')}) return `;
      return statement(start, operationOutput(body), 3);
    });
    return [`    case ${typescriptString(name)}:`, ...lines].join('\n');
  });
  return `\
/** ${summary} */
${lay(group('function operate(', parameters, '): Tensor {'))}
  switch (operation) {
${cases.join('\n')}
  }
}`;
}
