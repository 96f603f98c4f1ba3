/** Writes the safetensors format, as `safetensors.ts` reads it: float32 values without gaps. */
import { metadataName } from './safetensors';

/** A tensor in C order. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * The pieces of a file, in their order.
 * @param metadata what the file says of itself
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, FloatTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array[] {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const from = at;
    at += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [from, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify({ [metadataName]: metadata, ...Object.fromEntries(entries) }));
  // The values begin at a multiple of eight, for those who map the file into memory.
  const header = Buffer.alloc(8 + 8 * Math.ceil(text.length / 8), ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8));
  header.set(text, 8);
  return [header, ...Object.values(tensors).map(({ values }) => bytesOf(values))];
}

/** Little-endian, as all machines are on which Node runs with WebAssembly threads. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
