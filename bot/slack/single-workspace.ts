import { BotError } from '../errors.ts'
import { SlackCallError, type SlackFailure } from './errors.ts'
import type { SlackAnswer } from './lanes.ts'
import type { Workspace, Workspaces } from './workspaces.ts'

/** @throws SlackCallError */
type TestAuth = (token: string) => Promise<SlackAnswer>

const hopeless: ReadonlySet<SlackFailure> = new Set(['auth', 'refused'])

/** The one workspace whose token the settings have. */
export class SingleWorkspace implements Workspaces {
  readonly #token: string
  readonly #testAuth: TestAuth
  #known: Promise<Workspace> | undefined

  constructor(token: string, testAuth: TestAuth) {
    this.#token = token
    this.#testAuth = testAuth
  }

  /**
   * Resolves also when Slack cannot be reached: then it is asked again when there is something to do.
   * @throws BotError when Slack does not know the token
   */
  async check(): Promise<void> {
    try {
      await this.#get()
    } catch (error) {
      if (!(error instanceof SlackCallError) || !hopeless.has(error.failure)) return
      throw new BotError(
        `Slack refuses SLACK_BOT_TOKEN: ${error.code}.`,
        'Copy the bot token (xoxb-…) from “OAuth & Permissions” of the app, after installing it to the workspace.',
        { cause: error },
      )
    }
  }

  /** In a channel that two companies share, a delivery may name the workspace of the other: there is one answer. */
  find(): Promise<Workspace> {
    return this.#get()
  }

  /** It is up to the settings. */
  async forget(): Promise<void> {
    this.#known = undefined
  }

  async list(): Promise<readonly string[]> {
    return [(await this.#get()).id]
  }

  #get(): Promise<Workspace> {
    this.#known ??= this.#ask().catch((error: unknown) => {
      this.#known = undefined
      throw error
    })
    return this.#known
  }

  async #ask(): Promise<Workspace> {
    const { team_id: id, user_id: botUserId } = await this.#testAuth(this.#token)
    if (typeof id !== 'string' || typeof botUserId !== 'string')
      throw new SlackCallError('auth.test', 'refused', 'not_a_bot_token')
    return { id, token: this.#token, botUserId }
  }
}
