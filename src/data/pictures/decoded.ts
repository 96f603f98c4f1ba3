/** A picture as a decoder gives it, before alpha and grey are dealt with. */
export interface Decoded {
  readonly height: number;
  readonly width: number;
  /** [height, width, channels]: grey; red, green, blue; or these and alpha. */
  readonly pixels: Uint8Array;
  readonly channels: 1 | 3 | 4;
}
