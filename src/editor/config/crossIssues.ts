/** The problems of a config that its JSON Schema cannot express, so that nothing is reported twice. Pure. */
import { parse, type ParseError } from 'jsonc-parser';
import { parseConfig, type ConfigIssue } from '../../config/parse';
import { layOver, presets } from '../../config/presets';
import { configSchema } from '../../config/schema';

/** Issues of the checks between keys. None while the text breaks the schema: those are the JSON support's to report. */
export function crossIssues(text: string): readonly ConfigIssue[] {
  const { issues } = parseConfig(text);
  return issues.length > 0 && fitsSchema(text) ? issues : [];
}

function fitsSchema(text: string): boolean {
  const errors: ParseError[] = [];
  const written: unknown = parse(text, errors, { allowTrailingComma: true });
  const preset = (written as { preset?: unknown } | null)?.preset;
  const input = layOver(preset === 'laptop' ? presets.laptop : presets.reference, written);
  return errors.length === 0 && configSchema.safeParse(input).success;
}
