/** A look at a text before it is parsed: parsers and what comes after them call themselves once a level. */
import { createScanner } from 'jsonc-parser';

/** Characters of the longest text that is taken for a config: a config of thousands of lines has a tenth. */
export const mostCharacters = 2_000_000;
/** Levels of brackets; the deepest config that means anything has eight. */
export const mostLevels = 100;

/** Kinds of tokens, by the numbers that the scanner gives them. */
const token = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, end: 17 } as const;

/** Place of the first bracket that is nested too deep; undefined where none is. */
export function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let level = 0;
  for (let kind: number = scanner.scan(); kind !== token.end; kind = scanner.scan()) {
    if (kind === token.openBrace || kind === token.openBracket) {
      if (++level > mostLevels) return scanner.getTokenOffset();
    } else if (kind === token.closeBrace || kind === token.closeBracket) level--;
  }
  return undefined;
}
