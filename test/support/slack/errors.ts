import type { JsonObject } from './json.ts'

/** An answer `{ ok: false, error: code }` of the Web API. */
export class SlackApiError extends Error {
  readonly code: string
  /** As in `response_metadata.messages`. */
  readonly messages: readonly string[]

  constructor(code: string, messages: readonly string[] = []) {
    super(messages.length === 0 ? code : `${code}: ${messages.join('; ')}`)
    this.name = 'SlackApiError'
    this.code = code
    this.messages = messages
  }

  answer(): JsonObject {
    if (this.messages.length === 0) return { ok: false, error: this.code }
    return {
      ok: false,
      error: this.code,
      errors: this.messages,
      response_metadata: { messages: this.messages.map((message) => `[ERROR] ${message}`) },
    }
  }
}

/** A person tried what Slack's own client does not allow: a button that is gone, an input that is not filled in. */
export class SlackClientError extends Error {
  override readonly name = 'SlackClientError'
  /** What the client shows under the inputs of a modal, by block_id. */
  readonly atBlocks: Readonly<Record<string, string>>

  constructor(message: string, atBlocks: Readonly<Record<string, string>> = {}) {
    super(message)
    this.atBlocks = atBlocks
  }
}
