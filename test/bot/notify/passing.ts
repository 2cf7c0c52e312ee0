/** Time that passes while the clock of a stage stands still otherwise. */
import { waitFor } from '../../support/wait-for.ts'
import { type Room, textOf } from './stage.ts'

const patienceMs = 60_000

interface Passing {
  readonly ms?: number
  /** How finely the clock moves. */
  readonly stepMs?: number
}

/** Moves the clock in small steps, each no sooner than the control database has answered once, so that the bot keeps up. */
export async function pass(
  room: Room,
  { ms = patienceMs, stepMs = 100 }: Passing,
  isOver: () => boolean = () => false,
): Promise<boolean> {
  let leftMs = ms
  const step = async () => {
    if (isOver() || leftMs <= 0) return true
    room.slack.clock.advance(stepMs)
    leftMs -= stepMs
    await room.api.database.query('select 1')
    return false
  }
  await waitFor(step, { pollMs: 10, timeoutMs: 120_000, describe: () => `${leftMs} of ${ms} ms to pass` })
  return isOver()
}

export async function passUntil(
  room: Room,
  what: string,
  isSo: () => boolean,
  passing: Passing = {},
): Promise<void> {
  if (await pass(room, passing, isSo)) return
  const seen = room.slack.messages(room.channel).map(textOf).join('\n')
  throw new Error(`time passed without ${what}; in the channel is:\n${seen}`)
}
