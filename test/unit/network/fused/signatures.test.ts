/** What TypeScript believes of an instruction is what its kernel takes. */
import assert from 'node:assert/strict';
import { Opcode } from '../../../../kernels/opcodes';
import { kernels } from '../../../../src/network/fused/machine/machine';
import { signatures } from '../../../../src/network/fused/machine/signatures';

describe('signatures of the kernels', () => {
  it('have as many parameters as the kernels that were built', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const built = new WebAssembly.Instance(kernels(), { env: { memory } }).exports;
    // The moments are also told ε, which is the machine's own and stands in no instruction.
    const own: Readonly<Record<string, number>> = { forwardMoments: 1 };
    const parameters = Object.entries(signatures).map(([name, { operands, numbers }]) => [
      name,
      operands.length + numbers.length + (own[name] ?? 0),
    ]);
    const names = Object.keys(Opcode).filter((key) => Number.isNaN(Number(key)));
    const taken = names.map((name) => [name, (built[name] as () => void).length]);
    assert.deepEqual(Object.fromEntries(parameters), Object.fromEntries(taken));
  });
});
