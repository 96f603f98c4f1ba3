/** An edge of a cell as it is written in the papers, with real subscripts. */
import type { CellEdge } from '../../src/space/cell/alpha';
import { html } from '../kit/dom';
import { nodeName } from '../kit/naming';

/** "c with k−2 below → 2". */
export function edgeLabel({ from, node }: CellEdge, inputs = 2): HTMLElement {
  const { base, subscript } = nodeName(from, inputs);
  const start = html('span', {}, base, subscript ? html('sub', {}, subscript) : undefined);
  return html(
    'span',
    { class: 'edge-name' },
    start,
    html('span', {}, '→'),
    html('span', {}, String(node + inputs)),
  );
}
