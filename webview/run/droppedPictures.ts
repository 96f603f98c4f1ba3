/** Pictures that are dropped on the page: those of the editor's explorer by address, those from outside by their bytes. */
import { mostBytes, type DroppedPicture } from '../../src/protocol/classification';

/** VS Code's own list of what is dragged: a browser keeps one address alone in the usual one. */
const editorList = 'application/vnd.code.uri-list';

/** The addresses in a list of them (RFC 2483), which may have comments. */
export function addressesIn(list: string): string[] {
  return list
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * @param take called file by file, so that no more than one is in memory here
 * @returns how many files were dropped
 */
export async function takeDropped(
  transfer: DataTransfer,
  take: (pictures: readonly DroppedPicture[]) => void,
): Promise<number> {
  // All of it is gone once the event is over.
  const files = [...transfer.files];
  const addresses = addressesIn(
    transfer.getData(editorList) || (files.length === 0 ? transfer.getData('text/uri-list') : ''),
  );
  if (addresses.length > 0) {
    take(addresses.map((uri) => ({ uri })));
    return addresses.length;
  }
  for (const file of files) take([await pictureOf(file)]);
  return files.length;
}

async function pictureOf(file: File): Promise<DroppedPicture> {
  const { name, size } = file;
  if (size > mostBytes) return { name };
  try {
    return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    // A folder, or a file that is gone: what is empty is no picture.
    return { name, bytes: new Uint8Array() };
  }
}
