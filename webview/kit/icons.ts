/** The few glyphs of the dashboard, 16 × 16, drawn with the current text colour. */
import { svg } from './dom';

const outlines = {
  running: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6.5 5.25v5.5L11 8z',
  loading: 'M13.9 6A6.25 6.25 0 1 0 14.25 8',
  paused: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M6.4 5.5v5M9.6 5.5v5',
  stopped: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.9 5.9h4.2v4.2H5.9z',
  failed: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  finished: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M5.2 8.2l2 2l3.7-4.3',
  interrupted: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M4.8 8h6.4',
  rejected: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M3.6 12.4l8.8-8.8',
  warning: 'M8 2.2L14.4 13.6H1.6zM8 6.4v3.4M8 11.4v.7',
  info: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 1 0 0-12.5M8 7.3v3.9M8 4.8v.8',
  close: 'M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4',
  play: 'M4.5 2.8v10.4L13 8z',
  pause: 'M5.2 3v10M10.8 3v10',
  stop: 'M3.8 3.8h8.4v8.4H3.8z',
  code: 'M5.3 4L1.5 8l3.8 4M10.7 4l3.8 4l-3.8 4',
  log: 'M2.5 3.8h11M2.5 8h11M2.5 12.2h7',
  export: 'M8 10V2.4M5 5.3l3-2.9l3 2.9M2.8 8.8v4.4h10.4V8.8',
  copy: 'M5.5 5.5h8v8h-8zM2.5 10.5v-8h8',
  picture: 'M2 3h12v10H2zM2 11l3.5-3.5l3 3l2-2L14 12M10.4 5.9v.6',
} as const;

export type IconName = keyof typeof outlines;

/** A decorative icon: the text beside it says what it means. */
export function icon(name: IconName): SVGSVGElement {
  const path = svg('path', { d: outlines[name] });
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' },
    path,
  );
}

/** Shows another glyph in an icon that stands already. */
export function setIcon(element: SVGSVGElement, name: IconName): void {
  const path = element.firstElementChild!;
  if (path.getAttribute('d') !== outlines[name]) path.setAttribute('d', outlines[name]);
}
