/** The problems of a config that its JSON Schema cannot express, so that nothing is reported twice. */
import { parseConfig, parseWithFiles, type ConfigIssue } from '../../config/parse';
import { pathsOutside } from '../run/outside';

/** Where a config is, for a look at the files that it names. */
export interface ConfigPlace {
  /** Of the config file. */
  readonly folder: string;
  /** Files outside of these are not touched. */
  readonly workspace: readonly string[];
}

/**
 * Issues of the checks between keys. None while the text breaks the schema: those are the JSON support's to report.
 * @param place undefined where no file may be read
 */
export async function crossIssues(text: string, place?: ConfigPlace): Promise<readonly ConfigIssue[]> {
  const unread = parseConfig(text);
  const stays =
    unread.config && place && pathsOutside(unread.config, place.folder, place.workspace).length === 0;
  const { issues } = stays ? await parseWithFiles(text, place.folder) : unread;
  return issues.filter((issue) => issue.kind === 'check');
}
