/** What the dashboard shows before the first run: what it is for, and the way to begin. */
import { createButton } from '../kit/controls';
import { html, svg } from '../kit/dom';
import type { Part, PartContext } from '../kit/part';
import { isEmpty } from '../kit/store';

/** A small cell with one strong path: what a search is about. */
function picture(): SVGSVGElement {
  const nodes = [
    [14, 20],
    [14, 60],
    [60, 40],
    [106, 20],
    [106, 60],
  ] as const;
  const edges = [
    'M14,20L60,40',
    'M14,60L60,40',
    'M60,40L106,20',
    'M60,40L106,60',
    'M14,20L106,20',
    'M14,60L106,60',
  ];
  const strong = new Set([1, 2]);
  return svg(
    'svg',
    { class: 'empty-picture', viewBox: '0 0 120 80', width: 144, height: 96, 'aria-hidden': 'true' },
    ...edges.map((d, index) => svg('path', { d, class: strong.has(index) ? 'strong' : 'weak' })),
    ...nodes.map(([cx, cy]) => svg('circle', { cx, cy, r: 8 })),
  );
}

export function createEmptyState({ host }: PartContext): Part {
  const run = createButton('Run NAS', 'play', () => host.command('run'));
  run.setPrimary(true);
  const element = html(
    'section',
    { class: 'empty', 'aria-labelledby': 'empty-title' },
    picture(),
    html('h1', { id: 'empty-title' }, 'No search has run yet'),
    html(
      'p',
      {},
      'Run NAS searches for a network architecture described in a .nas.json file and shows here, live, what it decides.',
    ),
    run.element,
  );
  return { element, shown: isEmpty, update: () => undefined };
}
