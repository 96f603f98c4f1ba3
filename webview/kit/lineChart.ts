/**
 * A line chart that grows: uPlot for the canvas, everything else in the page: a legend with the current values, a
 * tooltip, zoom by drag with a button to undo it, and reading values with the arrow keys.
 */
import uPlot from 'uplot';
import { withOpacity } from './contrast';
import { createLink } from './controls';
import { html, setAttribute, setText, svg, uniqueId } from './dom';
import { valueAt } from './series';
import { cssColour, type Theme, type ThemeColour } from './theme';

export interface Line {
  readonly label: string;
  readonly colour: ThemeColour;
  readonly dash?: readonly number[];
  /** Pixels; 1.5 by default. */
  readonly width?: number;
  /** 0 … 1. */
  readonly opacity?: number;
  readonly points?: boolean;
  /** `points`: dots alone. `steps`: holds a value until the next one. A line unless given. */
  readonly mark?: 'points' | 'steps';
  /** Left out of the legend. */
  readonly quiet?: boolean;
}

export interface LineChartOptions {
  /** What is drawn, for screen readers: "Loss". */
  readonly name: string;
  /** Height of the canvas, pixels. */
  readonly height: number;
  formatValue(value: number): string;
  /** Labels of the y axis; `formatValue` unless they can be shorter. */
  formatAxis?(value: number): string;
  /** First line of the tooltip. */
  formatPlace(x: number, index: number): string;
  /** What the x axis says; "epoch" unless given. */
  readonly place?: string;
  /** Labels of the x axis where they are no plain numbers. */
  formatPlaceAxis?(x: number): string;
  /** Places are whole numbers. */
  readonly whole?: boolean;
  /** Values are points in a plane: the one nearest to the pointer in both directions is meant. */
  readonly scatter?: boolean;
  /** What a screen reader is told beside the name; the values at the end unless given. */
  summary?(): string;
  /** A point was clicked, or Enter pressed on it. */
  onPick?(index: number): void;
  /** Limits of the y axis out of those of the data. */
  range?(min: number, max: number): [number, number];
}

/** First column the x values, never falling; then one column a line. */
export type ChartData = readonly [xs: readonly number[], ...columns: (readonly (number | null)[])[]];

/** In high contrast every line differs by its dashes too. */
const contrastDashes: readonly (readonly number[])[] = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [5, 2],
  [14, 4],
  [1, 5],
  [6, 2, 1, 2, 1, 2],
];

const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

interface LegendEntry {
  readonly value: HTMLElement;
  readonly swatch: SVGElement;
}

export class LineChart {
  readonly element: HTMLElement;
  readonly legend = html('ul', { class: 'legend' });
  private readonly resetZoom: HTMLButtonElement;
  private readonly canvasPlace = html('div', { class: 'plot' });
  private readonly tooltip = html('div', { class: 'tooltip', hidden: true });
  private readonly readout = html('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  private plot: uPlot | undefined;
  private lines: readonly Line[] = [];
  private entries: LegendEntry[] = [];
  private data: ChartData = [[]];
  private log = false;
  private zoomed = false;
  /** The point that the arrow keys are at. */
  private reading: number | undefined;
  private width = 0;

  constructor(
    private readonly options: LineChartOptions,
    private theme: Theme,
  ) {
    this.resetZoom = createLink('Reset zoom', () => this.unzoom());
    this.resetZoom.classList.add('reset-zoom');
    this.setZoomed(false);
    const hint = html(
      'p',
      { id: uniqueId('hint'), class: 'visually-hidden' },
      'Left and Right arrow keys read the values.',
    );
    const group = {
      class: 'chart',
      role: 'group',
      tabindex: 0,
      'aria-label': options.name,
      'aria-describedby': hint.id,
    };
    this.canvasPlace.style.height = `${options.height}px`;
    this.canvasPlace.setAttribute('role', 'img');
    this.element = html('div', group, this.canvasPlace, this.resetZoom, this.tooltip, hint, this.readout);
    this.element.addEventListener('keydown', (event) => this.onKey(event));
    this.canvasPlace.addEventListener('pointermove', () => (this.reading = undefined));
    // A drag ends in a click too; uPlot keeps that one to itself.
    this.canvasPlace.addEventListener('click', () => this.pick());
    if (options.onPick) this.canvasPlace.classList.add('pickable');
    this.element.addEventListener('blur', () => this.moveCursor(undefined));
    new ResizeObserver(() => this.resize()).observe(this.canvasPlace);
  }

  /** Says which lines there are; rebuilds only when that changed. */
  setLines(lines: readonly Line[], log = false): void {
    if (JSON.stringify(lines) === JSON.stringify(this.lines) && log === this.log) return;
    this.lines = lines;
    this.log = log;
    this.buildLegend();
    this.rebuild();
  }

  update(data: ChartData): void {
    this.data = data;
    const last = data[0].length - 1;
    const texts = this.lines.map((_, index) => this.valueText(index, last));
    const { scatter, summary } = this.options;
    if (!scatter) this.entries.forEach((entry, index) => setText(entry.value, texts[this.shown[index]!]!));
    const now = this.shown.map((line) => `${this.lines[line]!.label} ${texts[line]}`).join(', ');
    const kind = scatter ? 'Scatter chart' : 'Line chart';
    const name = `${kind} of ${this.options.name.toLowerCase()}`;
    setAttribute(this.canvasPlace, 'aria-label', `${name}. ${summary?.() ?? `Now: ${now}`}`);
    if (!this.plot) return;
    if (this.zoomed) {
      // The limits stay; only what is inside them changes.
      const { min, max } = this.plot.scales.x!;
      this.plot.setData(data as uPlot.AlignedData, false);
      this.plot.setScale('x', { min: min!, max: max! });
    } else this.plot.setData(data as uPlot.AlignedData);
  }

  /** Draws everything anew in the colours of a theme. */
  repaint(theme: Theme): void {
    this.theme = theme;
    this.buildLegend();
    this.rebuild();
    this.update(this.data);
  }

  /** Indices of the lines that have a legend entry. */
  private get shown(): number[] {
    return this.lines.map((_, index) => index).filter((index) => !this.lines[index]!.quiet);
  }

  private valueText(line: number, at: number): string {
    const value = valueAt(this.data[line + 1] ?? [], at);
    return value === undefined ? '–' : this.options.formatValue(value);
  }

  private dash(line: number): readonly number[] {
    if (this.theme.highContrast && !this.lines[line]!.quiet)
      return contrastDashes[this.shown.indexOf(line) % 8]!;
    return this.lines[line]!.dash ?? [];
  }

  private swatch(line: number): SVGElement {
    const colour = cssColour(this.lines[line]!.colour);
    if (this.lines[line]!.mark === 'points') {
      const dot = svg('circle', { cx: 12, cy: 5, r: 3.5 });
      dot.style.fill = colour;
      return dot;
    }
    const stroke = svg('line', {
      x1: 1,
      y1: 5,
      x2: 23,
      y2: 5,
      'stroke-dasharray': this.dash(line).join(' '),
    });
    stroke.style.stroke = colour;
    stroke.style.strokeWidth = String(this.lines[line]!.width ?? 2);
    return stroke;
  }

  private swatchImage(stroke: SVGElement): SVGSVGElement {
    return svg(
      'svg',
      { class: 'swatch', viewBox: '0 0 24 10', width: 24, height: 10, 'aria-hidden': 'true' },
      stroke,
    );
  }

  private buildLegend(): void {
    this.entries = this.shown.map((line) => ({
      value: html('span', { class: 'value' }, '–'),
      swatch: this.swatch(line),
    }));
    const items = this.entries.map(({ value, swatch }, index) => {
      const label = html('span', { class: 'label' }, this.lines[this.shown[index]!]!.label);
      return html('li', {}, this.swatchImage(swatch), label, this.options.scatter ? undefined : value);
    });
    this.legend.replaceChildren(...items);
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = undefined;
    this.setZoomed(false);
    this.tooltip.hidden = true;
    if (this.width === 0 || this.lines.length === 0) return;
    this.plot = new uPlot(this.plotOptions(), this.data as uPlot.AlignedData, this.canvasPlace);
  }

  private plotOptions(): uPlot.Options {
    const { theme, options } = this;
    const font = `${Math.round(theme.fontSize * 0.85)}px ${theme.fontFamily}`;
    const grid = { stroke: withOpacity(theme.colours.foreground, theme.highContrast ? 0.35 : 0.1), width: 1 };
    const axis = { stroke: theme.colours.muted, font, grid, ticks: { show: false } };
    const range: uPlot.Range.Function = (_, min, max) => this.limits(min, max);
    return {
      width: this.width,
      height: options.height,
      legend: { show: false },
      padding: [8, 16, 0, 0],
      cursor: {
        ...{ y: options.scatter ?? false, points: { size: 7 }, drag: { x: true, y: false, setScale: true } },
        ...(options.scatter
          ? { dataIdx: (plot: uPlot, _: number, at: number) => this.nearest(plot) ?? at }
          : {}),
      },
      scales: { x: { time: false }, y: this.log ? { distr: 3 } : { range } },
      axes: [
        {
          ...axis,
          ...{ size: 22, gap: 6, space: 60, labelFont: font, labelSize: 16, labelGap: 0 },
          label: options.place === '' ? undefined : (options.place ?? 'epoch'),
          incrs: options.whole ? wholeSteps : undefined,
          values: options.formatPlaceAxis && ((_, splits) => splits.map(options.formatPlaceAxis!)),
        },
        {
          ...axis,
          size: 46,
          gap: 6,
          space: 22,
          values: (_, splits) => splits.map((value) => this.axisText(value)),
        },
      ],
      series: [{}, ...this.lines.map((line, index) => this.plotSeries(line, index))],
      hooks: {
        setCursor: [() => this.showTooltip()],
        setSelect: [(plot) => plot.select.width > 0 && this.setZoomed(true)],
        ready: [(plot) => plot.over.addEventListener('dblclick', () => this.setZoomed(false))],
      },
    };
  }

  private plotSeries(line: Line, index: number): uPlot.Series {
    const stroke = withOpacity(this.theme.colours[line.colour], line.opacity ?? 1);
    return {
      label: line.label,
      stroke,
      width: (line.width ?? 1.5) * (this.theme.highContrast ? 1.3 : 1),
      dash: [...this.dash(index)],
      spanGaps: true,
      paths: line.mark === 'points' ? () => null : line.mark && uPlot.paths.stepped!({ align: 1 }),
      points: line.points || line.mark === 'points' ? { show: true, size: 5, fill: stroke } : { show: false },
    };
  }

  private limits(min: number | null, max: number | null): [number, number] {
    if (min === null || max === null) return [0, 1];
    if (this.options.range) return this.options.range(min, max);
    const pad = (max - min) * 0.08 || Math.abs(max) * 0.1 || 1;
    return [min >= 0 ? Math.max(0, min - pad) : min - pad, max + pad];
  }

  private axisText(value: number | null): string {
    // A log scale leaves the labels out that have no room.
    if (value === null) return '';
    return this.options.formatAxis?.(value) ?? this.options.formatValue(value);
  }

  private setZoomed(zoomed: boolean): void {
    this.zoomed = zoomed;
    this.resetZoom.hidden = !zoomed;
  }

  private unzoom(): void {
    this.setZoomed(false);
    this.plot?.setData(this.data as uPlot.AlignedData);
    this.element.focus();
  }

  private resize(): void {
    const width = Math.floor(this.canvasPlace.clientWidth);
    if (width === this.width || width === 0) return;
    this.width = width;
    if (this.plot) this.plot.setSize({ width, height: this.options.height });
    else this.rebuild();
  }

  /** Index of the point at the pointer. */
  private get pointed(): number | undefined {
    const { plot } = this;
    if (!plot || (plot.cursor.left ?? -1) < 0) return undefined;
    return (this.options.scatter ? this.nearest(plot) : undefined) ?? plot.cursor.idx ?? undefined;
  }

  /** The point of a scatter that is nearest to the cursor in pixels. */
  private nearest(plot: uPlot): number | undefined {
    // While the arrow keys move, the one that they are at.
    if (this.reading !== undefined) return this.reading;
    const { left = -1, top = -1 } = plot.cursor;
    let [best, distance]: [number | undefined, number] = [undefined, Infinity];
    this.data[0].forEach((x, index) => {
      for (const column of this.data.slice(1)) {
        const y = column[index];
        if (y == null) continue;
        const apart = Math.hypot(plot.valToPos(x, 'x') - left, plot.valToPos(y, 'y') - top);
        if (apart < distance) [best, distance] = [index, apart];
      }
    });
    return best;
  }

  private pick(): void {
    const at = this.pointed;
    if (at !== undefined) this.options.onPick?.(at);
  }

  /** Lines that have something to say at a point: of a scatter those that it belongs to. */
  private told(at: number): number[] {
    const lines = this.lines.map((_, index) => index);
    return this.options.scatter ? lines.filter((line) => this.data[line + 1]?.[at] != null) : lines;
  }

  private showTooltip(): void {
    const at = this.pointed;
    const place = at === undefined ? undefined : this.data[0][at];
    const outside = at === undefined || place === undefined;
    this.tooltip.hidden = outside;
    if (outside) return;
    const rows = this.told(at).map((line) => {
      const label = html('span', { class: 'label' }, this.lines[line]!.label);
      const value = html('span', { class: 'value' }, this.valueText(line, at));
      return html('div', { class: 'tooltip-row' }, this.swatchImage(this.swatch(line)), label, value);
    });
    const head = html('div', { class: 'tooltip-place' }, this.options.formatPlace(place, at));
    this.tooltip.replaceChildren(head, ...rows);
    const { plot } = this;
    const left = this.options.scatter ? plot!.valToPos(place, 'x') : plot!.cursor.left!;
    const x = left + plot!.over.offsetLeft;
    const fits = x + 16 + this.tooltip.offsetWidth < this.width;
    this.tooltip.style.transform = `translate(${fits ? x + 12 : x - 12 - this.tooltip.offsetWidth}px, 8px)`;
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.data[0].length - 1;
    const at = this.pointed ?? last;
    if (event.key === 'Enter' && this.options.onPick && last >= 0) return this.pick();
    // Around a hundred key presses cross the chart however many points it has.
    const stride = Math.max(1, Math.round(last / 100));
    const targets: Record<string, number | undefined> = {
      ArrowLeft: Math.max(0, at - stride),
      ArrowRight: Math.min(last, at + stride),
      Home: 0,
      End: last,
      Escape: undefined,
    };
    if (last < 0 || !(event.key in targets)) return;
    this.moveCursor(targets[event.key]);
    event.preventDefault();
  }

  private moveCursor(at: number | undefined): void {
    const { plot } = this;
    this.reading = at;
    if (!plot) return;
    if (at === undefined) {
      plot.setCursor({ left: -10, top: -10 });
      return;
    }
    const x = this.data[0][at]!;
    const told = this.told(at);
    const y = this.data[(told[0] ?? 0) + 1]?.[at];
    const top = this.options.scatter && y != null ? plot.valToPos(y, 'y') : 10;
    plot.setCursor({ left: plot.valToPos(x, 'x'), top });
    const values = told.map((line) => `${this.lines[line]!.label} ${this.valueText(line, at)}`);
    setText(this.readout, [this.options.formatPlace(x, at), ...values].join(', '));
  }
}
