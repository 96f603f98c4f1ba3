/** The one error type for what a person can mend: it says what is wrong and what to do next. */
export class UserError extends Error {
  /**
   * @param message what is wrong and where, one sentence
   * @param hint what would be right or what to do next, one sentence
   * @param code stable identifier, for callers that react to one kind of failure
   */
  constructor(
    message: string,
    readonly hint?: string,
    readonly code?: string,
  ) {
    super(message);
    this.name = 'UserError';
  }
}

/** Anything that was thrown, as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Message and hint of anything that was thrown, in one text fit for a terminal or a notification. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return error.hint ? `${error.message} ${error.hint}` : error.message;
  return asError(error).message;
}
