/** Small multiples as an SVG of its own colours: one panel a variable, time against value, a reference beside it. */

export interface Point {
  readonly value: number;
  /** Seconds. */
  readonly time: number;
  /** Seconds that the reference gives. */
  readonly reference: number;
}

export interface Panel {
  /** What is varied, with its unit. */
  readonly label: string;
  readonly points: readonly Point[];
  /** The value that all other panels keep. */
  readonly base: number;
}

export interface Figure {
  readonly title: string;
  readonly subtitle: string;
  readonly note: readonly string[];
  readonly panels: readonly Panel[];
}

const columns = 4;
const cell = { width: 250, height: 216 };
const margin = { left: 46, right: 14, top: 16, bottom: 44 };
const header = 62;
const plot = {
  width: cell.width - margin.left - margin.right,
  height: cell.height - margin.top - margin.bottom,
};
const colours = { paper: '#ffffff', text: '#24292f', faint: '#57606a', grid: '#d8dee4', time: '#0b63b8' };

/** Round numbers from 0 to at least `largest`, at most six of them. */
function ticks(largest: number): number[] {
  const power = 10 ** Math.floor(Math.log10(largest / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => largest / size <= 5)!;
  const count = Math.ceil(largest / step - 1e-9);
  // Multiples of a power of ten, without the digits that floating point adds.
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;
}

function drawPanel({ label, points, base }: Panel): string {
  const largest = Math.max(...points.map(({ value }) => value));
  const yTicks = ticks(Math.max(...points.flatMap(({ time, reference }) => [time, reference])));
  const top = yTicks.at(-1)!;
  const x = (value: number): number => margin.left + (value / (1.04 * largest)) * plot.width;
  const y = (time: number): number => margin.top + (1 - time / top) * plot.height;
  const line = (read: (point: Point) => number): string =>
    points.map((point) => `${x(point.value).toFixed(1)},${y(read(point)).toFixed(1)}`).join(' ');
  const bottom = margin.top + plot.height;
  const right = margin.left + plot.width;
  const rows = yTicks.map((tick) => {
    const at = y(tick).toFixed(1);
    const rule = `<path d="M${margin.left} ${at}H${right}" stroke="${tick === 0 ? colours.faint : colours.grid}"/>`;
    return rule + text(margin.left - 6, y(tick) + 4, `${tick}`, 'text-anchor="end" class="faint"');
  });
  const values = points
    // Labels that would touch the one before are left out.
    .filter(({ value }, i) => i === 0 || x(value) - x(points[i - 1]!.value) > 15)
    .map(({ value }) => text(x(value), bottom + 16, `${value}`, 'text-anchor="middle" class="faint"'));
  const dots = points.map(({ value, time }) => {
    const fill = value === base ? colours.paper : colours.time;
    const shape = `cx="${x(value).toFixed(1)}" cy="${y(time).toFixed(1)}" r="4" fill="${fill}"`;
    return `<circle ${shape} stroke="${colours.time}" stroke-width="2"><title>${value}: ${time.toFixed(3)} s</title></circle>`;
  });
  return [
    ...rows,
    ...values,
    text(margin.left + plot.width / 2, bottom + 36, label, 'text-anchor="middle"'),
    text(6, margin.top - 6, 's', 'class="faint"'),
    `<polyline points="${line(({ reference }) => reference)}" class="reference"/>`,
    `<polyline points="${line(({ time }) => time)}" class="time"/>`,
    ...dots,
  ].join('\n');
}

/** The key, in the place of a panel. */
function drawKey(note: readonly string[]): string {
  const x = margin.left;
  return [
    `<polyline points="${x},30 ${x + 28},30" class="time"/>`,
    `<circle cx="${x + 14}" cy="30" r="4" fill="${colours.time}"/>`,
    text(x + 38, 34, 'measured'),
    `<circle cx="${x + 14}" cy="54" r="4" fill="${colours.paper}" stroke="${colours.time}" stroke-width="2"/>`,
    text(x + 38, 58, 'base point'),
    `<path d="M${x} 78h28" class="reference"/>`,
    text(x + 38, 82, 'reference'),
    ...note.map((line, i) => text(x, 110 + 17 * i, line, 'class="faint"')),
  ].join('\n');
}

/** @returns the whole file */
export function drawFigure({ title, subtitle, note, panels }: Figure): string {
  const cells = [...panels.map(drawPanel), drawKey(note)];
  const width = columns * cell.width + 20;
  const height = header + Math.ceil(cells.length / columns) * cell.height + 6;
  const groups = cells.map((content, i) => {
    const left = 10 + (i % columns) * cell.width;
    const top = header + Math.floor(i / columns) * cell.height;
    return `<g transform="translate(${left} ${top})">\n${content}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escape(title)}</title>
<style>
text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: ${colours.text}; }
.title { font-size: 16px; font-weight: 600; }
.faint { fill: ${colours.faint}; }
.time { fill: none; stroke: ${colours.time}; stroke-width: 2; }
.reference { fill: none; stroke: ${colours.faint}; stroke-width: 1; stroke-dasharray: 4 3; }
</style>
<rect width="${width}" height="${height}" rx="10" fill="${colours.paper}"/>
${text(20, 28, title, 'class="title"')}
${text(20, 48, subtitle, 'class="faint"')}
${groups.join('\n')}
</svg>
`;
}
