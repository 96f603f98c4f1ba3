/** Writes the machine's dispatch from the declaration of its instructions; `node esbuild.js` keeps `kernels/dispatch.ts` so. */
import { kernelNames, signatures } from '../src/network/fused/machine/signatures';

/** The text of `kernels/dispatch.ts`: one case an instruction, its words passed on in the order of its signature. */
export function dispatchText(): string {
  const cases = kernelNames.map((name, opcode) => {
    const { operands, numbers }: { operands: readonly string[]; numbers: readonly string[] } =
      signatures[name];
    const words = [
      ...operands.map((_, i) => `place(at, ${i})`),
      ...numbers.map((number, i) => {
        const word = `number(at, ${operands.length + i})`;
        return number.endsWith('?') ? `${word} != 0` : word;
      }),
    ];
    return `    case ${opcode}:\n      return kernels.${name}(\n${words.map((word) => `        ${word},\n`).join('')}      );\n`;
  });
  return `/** Which kernel an instruction calls. Written by the build from src/network/fused/machine/signatures.ts. */
import * as kernels from './kernels';
import { number, place } from './operands';

export function execute(at: usize): void {
  switch (load<i32>(at)) {
${cases.join('')}    default:
      unreachable();
  }
}
`;
}
