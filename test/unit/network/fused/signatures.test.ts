/** What TypeScript believes of an instruction is what its kernel takes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dispatchText } from '../../../../scripts/kernelDispatch';
import { kernels } from '../../../../src/network/fused/machine/machine';
import { placeAt } from '../../../../src/network/fused/machine/place';
import { call, kernelNames, opcodeOf, signatures } from '../../../../src/network/fused/machine/signatures';

describe('signatures of the kernels', () => {
  it('have as many parameters as the kernels that were built', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const built = new WebAssembly.Instance(kernels(), { env: { memory } }).exports;
    const parameters = kernelNames.map((name) => {
      const { operands, numbers } = signatures[name];
      return [name, operands.length + numbers.length];
    });
    const taken = kernelNames.map((name) => [name, (built[name] as () => void).length]);
    assert.deepEqual(Object.fromEntries(parameters), Object.fromEntries(taken));
  });

  it('name the parameters of the kernels, in their order', () => {
    const folder = join(__dirname, '../../../../kernels');
    const files = [...readFileSync(join(folder, 'kernels.ts'), 'utf8').matchAll(/'(\.\/\w+)'/g)];
    const texts = files.map(([, name]) => readFileSync(join(folder, `${name}.ts`), 'utf8')).join('');
    for (const name of kernelNames) {
      const { operands, numbers } = signatures[name];
      const [, parameters] = new RegExp(`export function ${name}\\(([^)]*)\\)`).exec(texts)!;
      const written = parameters!
        .split(',')
        .map((parameter) => parameter.trim())
        .filter((parameter) => parameter !== '')
        .map((parameter) => parameter.replace(/^(\w+): bool$/, '$1?').replace(/: \w+$/, ''));
      assert.deepEqual(written, [...operands, ...numbers], name);
    }
  });

  it('are what the machine dispatches by', () => {
    const file = join(__dirname, '../../../../kernels/dispatch.ts');
    assert.equal(readFileSync(file, 'utf8'), dispatchText(), 'run npm run build');
  });

  it('put the arguments of a call in their order, flags as 0 and 1', () => {
    const [x, w, y] = [placeAt(64, 4), placeAt(128, 4), placeAt(192, 4)];
    const made = call('pointwise', { accumulate: true, outputs: 8, y, pixels: 2, x, inputs: 4, w });
    assert.deepEqual(made, { kernel: 'pointwise', operands: [x, w, y], numbers: [2, 4, 8, 1] });
    assert.equal(opcodeOf('pointwise'), 0);
  });
});
