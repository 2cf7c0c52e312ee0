/** What keeps the bot from starting, with what to do about it. */
export class BotError extends Error {
  override readonly name = 'BotError'
  readonly remedy: string

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options)
    this.remedy = remedy
  }
}

/** What was done is to be done once more under its idempotency key, for the person has not heard of what it came to. */
export class TryAgainError extends Error {
  override readonly name = 'TryAgainError'
}

/** Short, for logs and messages: of an error, its message and nothing of what it carries. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
