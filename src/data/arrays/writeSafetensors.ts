/** Writes the safetensors format, as `safetensors.ts` reads it: values without gaps, in C order. */
import { metadataName } from './safetensors';

/** A tensor in C order. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A tensor in C order whose bytes come piece by piece, little-endian. */
export interface StreamedTensor {
  readonly dtype: 'F32' | 'I32' | 'U8';
  readonly shape: readonly number[];
  pieces(): Iterable<Uint8Array>;
}

const bytesOfValue = { F32: 4, I32: 4, U8: 1 } as const;

/**
 * The pieces of a file, in their order.
 * @param metadata what the file says of itself
 */
export function* streamSafetensors(
  tensors: Readonly<Record<string, StreamedTensor>>,
  metadata: Readonly<Record<string, string>>,
): Generator<Uint8Array, void, undefined> {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape }]) => {
    const from = at;
    at += shape.reduce((product, size) => product * size, bytesOfValue[dtype]);
    return [name, { dtype, shape, data_offsets: [from, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify({ [metadataName]: metadata, ...Object.fromEntries(entries) }));
  // The values begin at a multiple of eight, for those who map the file into memory.
  const header = Buffer.alloc(8 + 8 * Math.ceil(text.length / 8), ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  header.set(text, 8);
  yield header;
  for (const { pieces } of Object.values(tensors)) yield* pieces();
}

/** The same of values that are in memory. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, FloatTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  const streamed = Object.entries(tensors).map(([name, { shape, values }]) => {
    return [name, { dtype: 'F32', shape, pieces: () => [bytesOf(values)] }] as const;
  });
  return [...streamSafetensors(Object.fromEntries(streamed), metadata)];
}

/** Little-endian, as all machines are on which Node runs with WebAssembly threads. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
