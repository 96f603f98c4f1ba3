/** Colour arithmetic on what themes give: parsing, mixing, and the contrast ratio of WCAG 2.1 (section 1.4.3). */

/** sRGB 0 … 255 and opacity 0 … 1. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Reads "#rgb", "#rrggbb", "#rrggbbaa", "rgb(…)" and "rgba(…)"; undefined for anything else. */
export function parseColour(text: string): Rgba | undefined {
  const value = text.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  if (hex && hex.length !== 5 && hex.length !== 7) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const channel = (at: number): number => parseInt(long.slice(at, at + 2), 16);
    return [channel(0), channel(2), channel(4), long.length === 8 ? channel(6) / 255 : 1];
  }
  const call = /^rgba?\(([^)]+)\)$/i.exec(value)?.[1];
  if (!call) return undefined;
  const numbers = call
    .split(/[\s,/]+/)
    .map((part) => (part.endsWith('%') ? parseFloat(part) / 100 : parseFloat(part)));
  const [red, green, blue, alpha = 1] = numbers;
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [red, green, blue, alpha].every(Number.isFinite) ? [red, green, blue, alpha] : undefined;
}

/** `share` of `top` over the rest of `bottom`, as CSS color-mix(in srgb) does with opaque colours. */
export function mix(bottom: Rgba, top: Rgba, share: number): Rgba {
  const channel = (index: 0 | 1 | 2): number => bottom[index] + (top[index] - bottom[index]) * share;
  return [channel(0), channel(1), channel(2), 1];
}

function luminance(colour: Rgba): number {
  const linear = (value: number): number => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

/** Contrast ratio, 1 … 21. */
export function contrast(a: Rgba, b: Rgba): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/**
 * The largest share of `accent` over `background` on which `text` still has the contrast ratio `ratio`: the top of
 * a heat map's ramp, so that one text colour reads on every cell.
 */
export function readableShare(background: Rgba, accent: Rgba, text: Rgba, ratio: number): number {
  for (let share = 100; share > 0; share--) {
    if (contrast(mix(background, accent, share / 100), text) >= ratio) return share / 100;
  }
  return 0;
}

/** The colour as rgba(…) with its opacity multiplied; text that is no colour comes back as it is. */
export function withOpacity(text: string, opacity: number): string {
  const colour = parseColour(text);
  if (!colour) return text;
  const [red, green, blue, alpha] = colour;
  return `rgba(${red}, ${green}, ${blue}, ${Number((alpha * opacity).toFixed(3))})`;
}
