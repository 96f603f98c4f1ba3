/** Every kernel of both builds against its definition, written out in loops. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernels } from '../../../../src/network/fused/machine/machine';
import { signatures } from '../../../../src/network/fused/machine/signatures';
import { KernelBench, type Case } from './kernels/bench';
import { classifierCases } from './kernels/classifier';
import { depthwiseCases } from './kernels/depthwise';
import { layoutCases } from './kernels/layout';
import { normalizeCases } from './kernels/normalize';
import { pairCases } from './kernels/pairs';
import { pointwiseCases } from './kernels/pointwise';
import { poolCases } from './kernels/pools';

const cases: readonly Case[] = [
  ...pointwiseCases,
  ...depthwiseCases,
  ...normalizeCases,
  ...layoutCases,
  ...pairCases,
  ...poolCases,
  ...classifierCases,
];
const names = Object.keys(signatures) as (keyof typeof signatures)[];

describe('kernels', () => {
  it('are all tested', () => {
    assert.deepEqual(
      names.filter((name) => !cases.some(({ kernel }) => kernel === name)),
      [],
    );
  });

  for (const build of ['kernels', 'kernels-relaxed']) {
    describe(`of ${build}.wasm`, () => {
      let module: WebAssembly.Module;
      before(function () {
        // Switches relaxed SIMD on where that takes a flag.
        kernels();
        const code = readFileSync(join(__dirname, '../../../../dist', `${build}.wasm`));
        if (!WebAssembly.validate(code)) this.skip();
        module = new WebAssembly.Module(code);
      });

      for (const name of names) {
        it(name, () => {
          for (const { title, run } of cases.filter(({ kernel }) => kernel === name)) {
            try {
              run(new KernelBench(module, `${name} ${title}`));
            } catch (error) {
              throw new Error(`${title}: ${(error as Error).message}`, { cause: error });
            }
          }
        });
      }
    });
  }
});
