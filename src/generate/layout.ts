/**
 * Line breaking of calls and lists as the languages' formatters do it (black, prettier): on one line if it fits, else
 * one item a line. A document is text that stays whole, or a bracketed group of documents.
 */

export type Document = string | Group;

export interface Group {
  /** All that comes before the first item, bracket included: `nn.Sequential(`. */
  readonly open: string;
  readonly items: readonly Document[];
  /** The closing bracket and what follows it. */
  readonly close: string;
  /** One item a line although it would fit. */
  readonly broken?: boolean;
  /** Several items a line where they do not fit on one: how prettier treats lists of numbers. */
  readonly filled?: boolean;
}

export interface LayoutStyle {
  readonly width: number;
  readonly indent: string;
  /** black first tries all items on one line of their own, and gives a lone item no trailing comma. */
  readonly itemsOnOwnLine: boolean;
}

export const blackStyle: LayoutStyle = { width: 88, indent: '    ', itemsOnOwnLine: true };
export const prettierStyle: LayoutStyle = { width: 80, indent: '  ', itemsOnOwnLine: false };

export function group(open: string, items: readonly Document[], close: string, broken = false): Group {
  return { open, items, close, broken };
}

/** Text before a document, on its first line. */
export function prefixed(text: string, document: Document): Document {
  return typeof document === 'string' ? text + document : { ...document, open: text + document.open };
}

function isBroken(document: Document): boolean {
  return typeof document !== 'string' && (document.broken === true || document.items.some(isBroken));
}

function flat(document: Document): string {
  if (typeof document === 'string') return document;
  return document.open + document.items.map(flat).join(', ') + document.close;
}

function fill(items: readonly Document[], indent: string, width: number): string[] {
  const words = items.map((item) => `${flat(item)},`);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}

function linesOf(document: Document, style: LayoutStyle, indent: string, suffix: string): string[] {
  const oneLine = indent + flat(document) + suffix;
  if (typeof document === 'string' || (!isBroken(document) && oneLine.length <= style.width))
    return [oneLine];
  const { open, items, close } = document;
  const inner = indent + style.indent;
  const last = indent + close + suffix;
  const body = inner + items.map(flat).join(', ');
  if (style.itemsOnOwnLine && !isBroken(document) && body.length <= style.width)
    return [indent + open, body, last];
  if (document.filled) return [indent + open, ...fill(items, inner, style.width), last];
  const comma = style.itemsOnOwnLine && items.length === 1 && !document.broken ? '' : ',';
  return [indent + open, ...items.flatMap((item) => linesOf(item, style, inner, comma)), last];
}

/** The document on as many lines as it takes, each beginning with `depth` indentations. */
export function layOut(document: Document, style: LayoutStyle, depth = 0): string {
  return linesOf(document, style, style.indent.repeat(depth), '').join('\n');
}
