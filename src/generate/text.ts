/**
 * Text that came from outside, made fit for generated code: names of runs and classes may hold anything, and nothing of
 * it may end a comment or a string literal, or hide what it says.
 */

/** Control, format (bidirectional overrides among them), private and unpaired characters, and line separators. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** One line of visible characters, shortened to `limit`, for comments. The language still escapes its own marks. */
export function plainLine(text: string, limit = 60): string {
  const line = text.replace(invisible, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

interface LiteralStyle {
  /** Tried first; the other kind is taken where it needs fewer escapes, as formatters do. */
  readonly quote: "'" | '"';
  /** Escape of a character that is not visible. */
  readonly escape: (codePoint: number) => string;
}

function stringLiteral(text: string, { quote, escape }: LiteralStyle): string {
  const other = quote === "'" ? '"' : "'";
  const count = (mark: string) => text.split(mark).length - 1;
  const mark = count(quote) > count(other) ? other : quote;
  const body = [...text].map((character) => {
    if (character === '\\' || character === mark) return `\\${character}`;
    return character.search(invisible) < 0 ? character : escape(character.codePointAt(0)!);
  });
  return mark + body.join('') + mark;
}

const hex = (codePoint: number, digits: number) => codePoint.toString(16).padStart(digits, '0');

export function typescriptString(text: string): string {
  const escape = (code: number) => (code > 0xffff ? `\\u{${hex(code, 1)}}` : `\\u${hex(code, 4)}`);
  return stringLiteral(text, { quote: "'", escape });
}

export function pythonString(text: string): string {
  const escape = (code: number) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`);
  return stringLiteral(text, { quote: '"', escape });
}

/** A number as all three languages and their formatters write it. */
export function numberLiteral(value: number): string {
  return String(value).replace('e+', 'e');
}

/** Lower-case words of a name, joined; what is no ASCII letter or digit separates words. */
export function slug(name: string, separator: '-' | '_'): string {
  const ascii = name.normalize('NFKD').replace(/\p{M}/gu, '');
  const words = ascii.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const joined = words.join(separator).slice(0, 60);
  const text = joined.endsWith(separator) ? joined.slice(0, -1) : joined;
  return /^[a-z]/.test(text) ? text : ['network', text].filter(Boolean).join(separator);
}

/** `sep_conv` → `sepConv`. */
export function camelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const acronyms: Readonly<Record<string, string>> = { relu: 'ReLU', bn: 'BN' };

/** `relu_conv_bn` → `ReLUConvBN`. */
export function className(snake: string): string {
  const words = snake.split('_');
  return words.map((word) => acronyms[word] ?? word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Words of one paragraph on lines of at most `width` characters, the first and the rest of them indented. */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isEmpty = line === first || line === rest;
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest + word;
    } else {
      line += isEmpty ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}
