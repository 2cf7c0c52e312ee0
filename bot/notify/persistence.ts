import type { Logger } from 'pino'
import { ApiUnreachableError } from '../client/index.ts'
import { describe } from '../errors.ts'
import { type Clock, SlackCallError } from '../slack/index.ts'
import { judge } from './failures.ts'

export interface PersistenceNeeds {
  readonly clock: Clock
  readonly log: Logger
}

export interface Endeavour {
  readonly team: string
  /** For the log. */
  readonly what: string
}

const firstDelayMs = 1_000
const maxDelayMs = 30_000
/** Somebody has to install the bot again first. */
const shutOutMs = 30_000
/** A note that changes under every attempt is a mistake of ours. */
const maxAgain = 20

/** Repeats what fails for a time until it succeeds, and gives up what never can. */
export class Persistence {
  readonly #needs: PersistenceNeeds
  /** Workspaces that do not let the bot in. */
  readonly #shut = new Set<string>()

  constructor(needs: PersistenceNeeds) {
    this.#needs = needs
  }

  /** Resolves also when it was given up, with undefined. @throws the signal’s reason */
  async insist<T>(
    endeavour: Endeavour,
    attempt: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const { clock, log } = this.#needs
    const { team, what } = endeavour
    for (let failures = 0, stale = 0; ;) {
      signal.throwIfAborted()
      try {
        const result = await attempt()
        if (this.#shut.delete(team)) log.info({ team }, 'Slack lets the bot in again: what waited is sent')
        return result
      } catch (error) {
        signal.throwIfAborted()
        const verdict = judge(error)
        if (verdict === 'again' && (stale += 1) <= maxAgain) continue
        if (verdict === 'never' || verdict === 'again') {
          log.error({ err: error, team }, `given up: ${what}`)
          return undefined
        }
        if (verdict === 'shut out') this.#shutOut(team, error)
        else if (failures === 0)
          log.warn({ team, why: describe(error), from: sideOf(error) }, `later: ${what}`)
        await clock.sleep(verdict === 'shut out' ? shutOutMs : delayOf(failures), signal)
        failures += 1
      }
    }
  }

  #shutOut(team: string, error: unknown): void {
    if (this.#shut.has(team)) return
    this.#shut.add(team)
    this.#needs.log.error(
      { team, why: describe(error) },
      'Slack does not let the bot into the workspace: messages wait until it is installed there again',
    )
  }
}

function delayOf(failures: number): number {
  return Math.min(firstDelayMs * 2 ** Math.min(failures, 10), maxDelayMs)
}

function sideOf(error: unknown): string {
  if (error instanceof SlackCallError) return 'Slack'
  return error instanceof ApiUnreachableError ? 'Godwit’s API' : 'the bot'
}
