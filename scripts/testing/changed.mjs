/** Which files somebody works on. */

/**
 * Files that differ from a revision, with those that git does not know yet.
 * @param {(...args: string[]) => string | undefined} git what git prints, undefined where it fails
 * @param {string} [revision] the main branch of the origin unless told, else the last commit
 * @returns {string[]} relative to the repository, with those that are gone
 */
export function changedFiles(git, revision) {
  const base = revision ?? git('merge-base', 'HEAD', 'origin/main') ?? 'HEAD';
  const differing = git('diff', '--name-only', base);
  if (differing === undefined) throw new Error(`git knows no revision ${base}.`);
  const unknown = git('ls-files', '--others', '--exclude-standard') ?? '';
  return [...new Set(`${differing}\n${unknown}`.split('\n'))].filter((file) => file !== '').sort();
}
