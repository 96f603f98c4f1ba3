/**
 * The colours of VS Code's theme for whatever cannot take them from CSS (canvases, the top of the heat map's ramp),
 * and a watch on them: VS Code changes the classes of `body` and the style of `html` in place.
 */
import { parseColour, readableShare } from './contrast';

const variables = {
  foreground: '--vscode-foreground',
  muted: '--vscode-descriptionForeground',
  background: '--vscode-editor-background',
  grid: '--vscode-charts-lines',
  blue: '--vscode-charts-blue',
  red: '--vscode-charts-red',
  orange: '--vscode-charts-orange',
  yellow: '--vscode-charts-yellow',
  green: '--vscode-charts-green',
  purple: '--vscode-charts-purple',
} as const;

export type ThemeColour = keyof typeof variables;

/** The CSS expression of a theme colour, for styles set on elements. */
export function cssColour(colour: ThemeColour): string {
  return `var(${variables[colour]})`;
}

export interface Theme {
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
  readonly fontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
  readonly colours: Readonly<Record<ThemeColour, string>>;
  /** How strong the strongest cell of the heat map is, 0 … 1, so that text reads on it. */
  readonly rampTop: number;
}

const motionQuery = '(prefers-reduced-motion: reduce)';

/** The theme as it is now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const classes = document.body.classList;
  const entries = Object.entries(variables).map(([name, variable]) => [
    name,
    style.getPropertyValue(variable).trim(),
  ]);
  const colours = Object.fromEntries(entries) as Record<ThemeColour, string>;
  const highContrast =
    classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const [background, accent, text] = [colours.background, colours.blue, colours.foreground].map(parseColour);
  const known = background && accent && text;
  return {
    highContrast,
    reducedMotion: classes.contains('vscode-reduce-motion') || matchMedia(motionQuery).matches,
    fontFamily: style.fontFamily,
    fontSize: parseFloat(style.fontSize) || 13,
    colours,
    rampTop: known ? readableShare(background, accent, text, highContrast ? 7 : 4.5) : 0.5,
  };
}

/** Calls back after every change of theme, contrast, font or wish for less motion. */
export function observeTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  matchMedia(motionQuery).addEventListener('change', onChange);
}
