/** Weights on their way into the kernels' layouts and gradients on their way back. */
import assert from 'node:assert/strict';
import { lanesOf, WeightStore, type Matrix } from '../../../../src/network/fused/weightStore';
import { ParameterLayout } from '../../../../src/network/parameters';
import { Random } from '../../../../src/random';

const address = 1024;
const zero = { kind: 'constant', value: 0 } as const;

interface Made {
  readonly layout: ParameterLayout;
  readonly store: WeightStore;
  readonly matrices: readonly Matrix[];
}

/** A store over some parameters of these shapes, between two that nobody asks for. */
function make(shapes: readonly (readonly number[])[], ask: (store: WeightStore) => Matrix[]): Made {
  const layout = new ParameterLayout();
  for (const shape of [[3], ...shapes, [2]]) layout.add('w', shape, zero);
  const store = new WeightStore(layout, address);
  const matrices = ask(store);
  store.seal();
  return { layout, store, matrices };
}

const kinds: Record<string, () => Made> = {
  'a convolution': () => make([[3, 3, 5, 7]], (s) => [s.convolution(1, all(5), all(7), 0, lanesOf(7))]),
  'a convolution of single pixels': () =>
    make([[1, 1, 8, 4]], (s) => [s.convolution(1, all(8), all(4), 0, 4)]),
  'a convolution between pieces': () =>
    make([[1, 1, 9, 6]], (s) =>
      [all(2), { start: 2, count: 7 }].flatMap((inputs) =>
        [all(3), { start: 3, count: 3 }].map((outputs) => s.convolution(1, inputs, outputs, 0, 4)),
      ),
    ),
  'two convolutions side by side': () =>
    make(
      [
        [1, 1, 5, 3],
        [1, 1, 5, 4],
      ],
      (s) => [s.convolution(1, all(5), all(3), 0, 8), s.convolution(2, all(5), all(4), 3, 8)],
    ),
  'a depthwise convolution': () => make([[5, 5, 6, 1]], (s) => [s.depthwise(1)]),
  'a vector': () => make([[9]], (s) => [s.vector(1, all(9))]),
  'a vector in pieces': () => make([[9]], (s) => [s.vector(1, all(3)), s.vector(1, { start: 3, count: 6 })]),
  'a classifier': () => make([[14, 10]], (s) => [s.linear(1, [5, 3, 6])]),
};

function all(count: number): { start: number; count: number } {
  return { start: 0, count };
}

/** Values, or gradients, of a matrix. */
function read(memory: Float32Array, { rows, columns }: Matrix, { buffer }: Matrix['values']): Float32Array {
  return memory.slice(buffer.address! / 4, buffer.address! / 4 + rows * columns);
}

describe('weight store', () => {
  for (const [title, kind] of Object.entries(kinds)) {
    it(`gives back what it was given: ${title}`, () => {
      const { layout, store, matrices } = kind();
      const memory = new Float32Array(store.end / 4);
      const random = Random.fromSeed(1, title);
      const weights = Float32Array.from({ length: layout.size }, () => 1 + random.uniform());
      store.write(weights, memory);
      const own = matrices.flatMap((matrix) => [...read(memory, matrix, matrix.values)]);
      const asked = layout.parameters.slice(1, -1);
      const wanted = asked.flatMap(({ offset, size }) => [...weights.subarray(offset, offset + size)]);
      // All of them, each once; the rest is padding.
      assert.deepEqual(own.filter((value) => value !== 0).sort(), wanted.sort());
      for (const matrix of matrices) {
        memory.set(read(memory, matrix, matrix.values), matrix.gradient.buffer.address! / 4);
      }
      const gradient = store.readGradient(memory);
      const expected = weights.map((value, i) => {
        return asked.some(({ offset, size }) => i >= offset && i < offset + size) ? value : 0;
      });
      assert.deepEqual(gradient, expected);
    });

    it(`keeps values and gradients in their places: ${title}`, () => {
      const { layout, store, matrices } = kind();
      const guard = 64;
      const memory = new Float32Array(store.end / 4 + guard).fill(-1, 0, address / 4).fill(-1, store.end / 4);
      const weights = new Float32Array(layout.size).fill(5);
      store.write(weights, memory);
      store.write(weights, memory);
      for (const matrix of matrices) {
        assert.ok(read(memory, matrix, matrix.values).every((value) => value === 0 || value === 5));
        assert.ok(read(memory, matrix, matrix.gradient).every((value) => value === 0));
        memory.fill(7, matrix.gradient.buffer.address! / 4, matrix.gradient.buffer.address! / 4 + 1);
      }
      store.clearGradient(memory);
      for (const matrix of matrices) {
        assert.ok(read(memory, matrix, matrix.gradient).every((value) => value === 0));
        assert.ok(read(memory, matrix, matrix.values).includes(5));
      }
      assert.ok([...memory.subarray(0, address / 4), ...memory.subarray(-guard)].every((v) => v === -1));
    });
  }

  it('lays a convolution out tap by tap, its channels padded', () => {
    const { layout, store, matrices } = kinds['a convolution']!();
    const memory = new Float32Array(store.end / 4);
    const weights = Float32Array.from({ length: layout.size }, (_, i) => i + 1);
    store.write(weights, memory);
    const [{ rows, columns }] = matrices as [Matrix];
    assert.deepEqual([rows, columns], [9 * 8, 8]);
    const values = read(memory, matrices[0]!, matrices[0]!.values);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [tap, input] = [Math.floor(row / 8), row % 8];
        const inside = input < 5 && column < 7;
        const expected = inside ? weights[3 + (tap * 5 + input) * 7 + column] : 0;
        assert.equal(values[row * columns + column], expected);
      }
    }
  });

  it('gives one matrix to all who ask for the same', () => {
    const { matrices } = make([[9]], (s) => [s.vector(1, all(9)), s.vector(1, all(9))]);
    assert.equal(matrices[0], matrices[1]);
  });
});
