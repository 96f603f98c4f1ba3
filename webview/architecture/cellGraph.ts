/** One cell as a graph, redrawn when its genotype changes, with the same as text for screen readers and for copying. */
import type { DrawnCell, DrawnKind } from '../../src/space/drawing';
import { isConnection } from '../../src/space/operations';
import {
  arrowHead,
  fitCell,
  labelHeight,
  scaleIn,
  smoothPath,
  type CellLayout,
  type PlacedEdge,
  type PlacedNode,
} from './cellLayout';
import { html, setAttribute, setText, svg, uniqueId } from '../kit/dom';
import { cellLines, skipsOf } from './drawnCell';
import { formatQuantity } from '../kit/format';
import { icon } from '../kit/icons';
import { nodeName, nodeText, operationLook } from '../kit/naming';
import { cssColour } from '../kit/theme';

/** A drawing stands for so many milliseconds: early in a search the cell changes with every message. */
const settleTime = 400;

/** What a cell is called, and by what it is found on the page. */
export const cellTitles: Readonly<Record<DrawnKind, string>> = {
  normal: 'Normal cell',
  reduction: 'Reduction cell',
  only: 'Cell',
};

export class CellGraph {
  readonly element: HTMLElement;
  private readonly title = svg('title', { id: uniqueId('cell-title') });
  private readonly description = svg('desc', { id: uniqueId('cell-desc') });
  private readonly edges = svg('g', { class: 'edges' });
  private readonly nodes = svg('g', { class: 'nodes' });
  private readonly labels = svg('g', { class: 'labels' });
  private readonly drawing: SVGSVGElement;
  private readonly room = html('div', { class: 'cell-drawing' });
  private readonly skips = html('span', { class: 'skips' });
  private readonly text = html('ul', { class: 'cell-text' });
  private cell: DrawnCell | undefined;
  private shown = '';
  private layout: CellLayout | undefined;
  private placed = new Map<number, SVGGElement>();
  private known = new Set<string>();
  private drawnAt = -Infinity;
  private pending: ReturnType<typeof setTimeout> | undefined;

  constructor(kind: DrawnKind) {
    const name = cellTitles[kind];
    setText(this.title, name);
    const labelled = {
      role: 'img',
      'aria-labelledby': this.title.id,
      'aria-describedby': this.description.id,
    };
    this.drawing = svg(
      'svg',
      { ...labelled, 'data-kind': kind },
      this.title,
      this.description,
      this.edges,
      this.nodes,
      this.labels,
    );
    this.room.append(this.drawing);
    const head = html('div', { class: 'cell-head' }, html('h3', {}, name), this.skips);
    const details = html('details', {}, html('summary', {}, 'As text'), this.text);
    this.element = html('div', { class: 'cell' }, head, this.room, details);
    new ResizeObserver(() => this.draw()).observe(this.room);
  }

  /** @param allowed skip connections; more of them are marked as a sign of collapse. Undefined: any number is fine */
  update(cell: DrawnCell, allowed?: number): void {
    const shown = JSON.stringify([cell, allowed]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.cell = cell;
    const { inputs = 2, concat, nodes } = cell;
    const nameOf = (state: number): string => nodeText(state, inputs);
    const lines = cellLines(cell, nameOf);
    const output = concat
      ? `${concat.map(nameOf).join(', ')} concatenated`
      : nameOf(nodes.length - 1 + inputs);
    this.text.replaceChildren(...lines.map((line) => html('li', {}, line)));
    setText(this.description, `${lines.join('; ')}. The output is ${output}.`);
    this.updateSkips(skipsOf(cell), nodes.flat().length, allowed);
    const wait = this.drawnAt + settleTime - performance.now();
    if (wait <= 0) this.draw();
    else this.pending ??= setTimeout(() => this.draw(), wait);
  }

  private updateSkips(count: number, edges: number, allowed = Infinity): void {
    const many = count > allowed;
    setAttribute(this.skips, 'data-many', many ? '' : undefined);
    this.skips.replaceChildren(
      `${formatQuantity(count, 'skip connection')} of ${formatQuantity(edges, 'edge')}`,
    );
    if (many) this.skips.prepend(icon('warning'));
    const warning = `More than ${formatQuantity(allowed, 'skip connection')} in this cell are a sign that the search collapses.`;
    setAttribute(this.skips, 'title', many ? warning : undefined);
  }

  private draw(): void {
    clearTimeout(this.pending);
    this.pending = undefined;
    const room = { width: this.room.clientWidth, height: this.room.clientHeight };
    if (!this.cell || room.width === 0) return;
    this.drawnAt = performance.now();
    const layout = fitCell(this.cell, room, this.layout?.direction);
    this.layout = layout;
    const scale = scaleIn(layout, room);
    setAttribute(this.drawing, 'viewBox', `0 0 ${layout.width} ${layout.height}`);
    setAttribute(this.drawing, 'width', (layout.width * scale).toFixed(1));
    setAttribute(this.drawing, 'height', (layout.height * scale).toFixed(1));
    layout.nodes.forEach((node) => this.placeNode(node));
    for (const [index, element] of this.placed) {
      if (index < layout.nodes.length) continue;
      element.remove();
      this.placed.delete(index);
    }
    const isNew = (edge: PlacedEdge): boolean => this.known.size > 0 && !this.known.has(edge.key);
    this.edges.replaceChildren(...layout.edges.map((edge) => edgeElement(edge, isNew(edge))));
    this.labels.replaceChildren(...layout.edges.flatMap((edge) => labelElement(edge, isNew(edge)) ?? []));
    this.known = new Set(layout.edges.map((edge) => edge.key));
  }

  /** Nodes stay the same elements, so that CSS moves them to their new places. */
  private placeNode(node: PlacedNode): void {
    let element = this.placed.get(node.index);
    const { inputs, concat } = this.cell!;
    const joins = node.role === 'output' && concat !== undefined;
    const name = joins ? { base: 'c', subscript: 'k' } : nodeName(node.index, inputs);
    const look = `${node.role} ${name.base}${name.subscript}`;
    if (!element || element.dataset.look !== look) {
      element?.remove();
      element = nodeElement(node, name, joins);
      element.dataset.look = look;
      this.placed.set(node.index, element);
      this.nodes.append(element);
    }
    element.style.transform = `translate(${node.x}px, ${node.y}px)`;
  }
}

function nodeElement(
  { role, width, height }: PlacedNode,
  { base, subscript }: ReturnType<typeof nodeName>,
  joins: boolean,
): SVGGElement {
  const box = svg('rect', { x: -width / 2, y: -height / 2, width, height, rx: 6 });
  const text = svg('text', {}, base);
  if (subscript) text.append(svg('tspan', { class: 'subscript', dy: 3 }, subscript));
  const group = svg('g', { class: `node ${role}` }, box, text);
  if (role === 'output') group.append(svg('title', {}, joins ? 'Output: the nodes concatenated' : 'Output'));
  return group;
}

function edgeElement(edge: PlacedEdge, isNew: boolean): SVGGElement {
  const look = edge.operation === undefined ? undefined : operationLook(edge.operation);
  const line = svg('path', {
    class: 'line',
    d: smoothPath(edge.points),
    'stroke-dasharray': look?.dash.join(' '),
  });
  const head = svg('path', { class: 'head', d: arrowHead(edge.points) });
  const kind = look ? (isConnection(edge.operation!) ? '' : ' nothing') : ' concat';
  const group = svg('g', { class: `edge${kind}${isNew ? ' new' : ''}` }, line, head);
  if (look) group.style.color = cssColour(look.colour);
  return group;
}

function labelElement({ operation, label }: PlacedEdge, isNew: boolean): SVGGElement | undefined {
  if (operation === undefined || !label) return undefined;
  const look = operationLook(operation);
  const { x, y, width } = label;
  const pill = svg('rect', {
    x: x - width / 2,
    y: y - labelHeight / 2,
    width,
    height: labelHeight,
    rx: labelHeight / 2,
  });
  const title = svg('title', {}, look.description ? `${look.name}: ${look.description}` : look.name);
  const group = svg(
    'g',
    { class: `label${isNew ? ' new' : ''}` },
    title,
    pill,
    svg('text', { x, y }, look.short),
  );
  group.style.color = cssColour(look.colour);
  return group;
}
