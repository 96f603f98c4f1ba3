/** What anything that can be resumed saves: plain data and float arrays by name. */
export interface Snapshot<Meta = unknown> {
  readonly meta: Meta;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}
