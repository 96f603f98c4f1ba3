/** Types of the numbers in an array, and their values from bytes. */

/** The type of an array's elements. */
export interface ElementType {
  /** What NumPy calls it, such as `uint8`. */
  readonly name: string;
  readonly kind: 'boolean' | 'unsigned' | 'signed' | 'float';
  /** Of one element. */
  readonly bytes: 1 | 2 | 4 | 8;
  readonly bigEndian: boolean;
}

/** Little-endian, as every platform that VS Code runs on is. */
export const elementTypes = {
  bool: { name: 'bool', kind: 'boolean', bytes: 1, bigEndian: false },
  uint8: { name: 'uint8', kind: 'unsigned', bytes: 1, bigEndian: false },
  uint16: { name: 'uint16', kind: 'unsigned', bytes: 2, bigEndian: false },
  uint32: { name: 'uint32', kind: 'unsigned', bytes: 4, bigEndian: false },
  uint64: { name: 'uint64', kind: 'unsigned', bytes: 8, bigEndian: false },
  int8: { name: 'int8', kind: 'signed', bytes: 1, bigEndian: false },
  int16: { name: 'int16', kind: 'signed', bytes: 2, bigEndian: false },
  int32: { name: 'int32', kind: 'signed', bytes: 4, bigEndian: false },
  int64: { name: 'int64', kind: 'signed', bytes: 8, bigEndian: false },
  float16: { name: 'float16', kind: 'float', bytes: 2, bigEndian: false },
  bfloat16: { name: 'bfloat16', kind: 'float', bytes: 2, bigEndian: false },
  float32: { name: 'float32', kind: 'float', bytes: 4, bigEndian: false },
  float64: { name: 'float64', kind: 'float', bytes: 8, bigEndian: false },
} as const satisfies Record<string, ElementType>;

export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** The value of half-precision bits (IEEE 754 binary16). */
function halfValue(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 0x3ff];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

let halves: Float32Array | undefined;

/** The upper half of a float32 is a bfloat16. */
function widened(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}

function swapped(bytes: Buffer, size: ElementType['bytes']): Buffer {
  if (size === 2) return bytes.swap16();
  if (size === 4) return bytes.swap32();
  return size === 8 ? bytes.swap64() : bytes;
}

/**
 * The numbers that bytes stand for; 64-bit integers beyond 2⁵³ are rounded.
 * @param bytes a multiple of the element's; left as they are
 */
export function numbersOf(bytes: Uint8Array, type: ElementType): Numbers {
  if (type.bytes === 1) {
    return type.kind === 'signed' ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
  }
  // A copy begins where a typed array may, and can be swapped in place.
  const copy = new Uint8Array(bytes);
  const { buffer } = copy;
  if (type.bigEndian) swapped(Buffer.from(buffer), type.bytes);
  switch (type.name) {
    case 'uint16':
      return new Uint16Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint64':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'float16':
      halves ??= Float32Array.from({ length: 0x1_0000 }, (_, bits) => halfValue(bits));
      return Float32Array.from(new Uint16Array(buffer), (bits) => halves![bits]!);
    case 'bfloat16':
      return widened(new Uint16Array(buffer));
    case 'float32':
      return new Float32Array(buffer);
    default:
      return new Float64Array(buffer);
  }
}
