/** What a search config can be made from. */
export interface ConfigTemplate {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly detail: string;
  /** Suggested name of the file, without its suffix. */
  readonly fileName: string;
  text(name: string): string;
}
