/** How bright a pixel is, of as many channels as images have. */

/**
 * ITU-R 601-2 luma in 16 bits, as Pillow rounds it (`convert("L")`); of other than three channels the rounded mean.
 * @param at of the pixel's first channel
 */
export function greyAt(bytes: Uint8Array, at: number, channels: number): number {
  if (channels === 1) return bytes[at]!;
  if (channels === 3)
    return (bytes[at]! * 19595 + bytes[at + 1]! * 38470 + bytes[at + 2]! * 7471 + 0x8000) >> 16;
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += bytes[at + c]!;
  return Math.round(sum / channels);
}
