/** Choices that a workspace remembers: what was taken last is the first of its list the next time. */
import type * as vscode from 'vscode';

/** An item with a name for it that stays. */
export interface RememberedItem extends vscode.QuickPickItem {
  readonly id: string;
}

/**
 * The items of a list, the remembered one first and marked.
 * @param list name of the list, the same at every call
 */
export function rememberedFirst<T extends RememberedItem>(
  memory: vscode.Memento,
  list: string,
  items: readonly T[],
): T[] {
  const last = items.find(({ id }) => id === memory.get(keyOf(list)));
  if (!last) return [...items];
  const description = [last.description, 'last time'].filter(Boolean).join(' · ');
  return [{ ...last, description }, ...items.filter((item) => item !== last)];
}

/** Remembers what was taken of a list; nothing where nothing was. */
export async function remember(memory: vscode.Memento, list: string, id: string | undefined): Promise<void> {
  if (id !== undefined) await memory.update(keyOf(list), id);
}

function keyOf(list: string): string {
  return `nas.last.${list}`;
}
