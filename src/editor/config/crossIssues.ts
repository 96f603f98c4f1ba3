/** The problems of a config that its JSON Schema cannot express, so that nothing is reported twice. Pure. */
import { parseConfig, type ConfigIssue } from '../../config/parse';

/** Issues of the checks between keys. None while the text breaks the schema: those are the JSON support's to report. */
export function crossIssues(text: string): readonly ConfigIssue[] {
  return parseConfig(text).issues.filter((issue) => issue.kind === 'check');
}
