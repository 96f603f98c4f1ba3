/** A picture on a canvas, out of its bytes. */
import { html } from './dom';

export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Longest side on the page, in CSS pixels. */
export const shownSide = 80;

/**
 * Red, green, blue and opacity of every pixel. Of two channels the first is shown, as grey; of more than three the first three.
 * @param pixels [height, width, channels]
 */
export function rgbaOf(
  { height, width, channels }: PictureShape,
  pixels: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = pixels[i * channels + (channels >= 3 ? c : 0)]!;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** Whole multiples where a picture is enlarged, so that all of its pixels are of one size. */
export function shownScale({ height, width }: PictureShape): number {
  const scale = shownSide / Math.max(height, width);
  return scale >= 1 ? Math.floor(scale) : scale;
}

/** @param label what it shows, for who cannot see it; without one it is decoration of what has a name */
export function drawPicture(shape: PictureShape, pixels: Uint8Array, label?: string): HTMLCanvasElement {
  const { height, width } = shape;
  const named = label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label };
  const canvas = html('canvas', { width, height, ...named });
  const scale = shownScale(shape);
  canvas.style.width = `${Math.max(1, Math.round(width * scale))}px`;
  canvas.style.height = `${Math.max(1, Math.round(height * scale))}px`;
  canvas.classList.toggle('enlarged', scale >= 1);
  canvas.getContext('2d')?.putImageData(new ImageData(rgbaOf(shape, pixels), width, height), 0, 0);
  return canvas;
}
