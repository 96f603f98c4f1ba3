/** What can be said of a folder of pictures from its names and headers, as the data set `folder` reads it. */
import { pictureTree } from '../data/pictures/folderTree';
import { headerOf, positionsLookedAt } from '../data/pictures/reading';
import type { PictureHeader } from '../data/pictures/header';
import type { DataFacts } from '../data/dataSet';
import { folder } from '../data/sets/folder';

export interface PictureFolder {
  readonly facts: DataFacts;
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** Those that tell of themselves, among the ones that were looked at. */
  readonly headers: readonly PictureHeader[];
  /** How many were looked at: all, or 2,000 evenly over the set. */
  readonly looked: number;
}

/** @throws UserError that says what such a folder should look like, where this is none */
export async function lookAtFolder(root: string): Promise<PictureFolder> {
  // Without groups, the numbers do not depend on the seed.
  const facts = await folder.readFacts(folder.options.parse({ set: 'folder', path: root }), root, 0);
  const tree = pictureTree(root);
  const counts = new Map(tree.classes.map((name) => [name, 0]));
  const parts = [tree.train, ...(tree.test ? [tree.test] : [])];
  for (const name of parts.flatMap(({ labels }) => labels)) counts.set(name, counts.get(name)! + 1);
  const files = parts.flatMap((part) => part.files);
  const positions = positionsLookedAt(files.length);
  return {
    facts,
    classes: [...counts].map(([name, count]) => ({ name, count })),
    headers: positions.flatMap((i) => headerOf(files[i]!) ?? []),
    looked: positions.length,
  };
}
