/** What people in Slack are told of what the API refuses, where its own words are for programs. By the code of the error. */

interface Words {
  /** In place of what the API says. */
  readonly message?: string
  /** What to do in Slack. */
  readonly remedy: string
}

const table: Readonly<Record<string, Words>> = {
  ILLEGAL_ACTION: { remedy: 'Do what is possible now: /migrate status shows it, with a button for each.' },
  STALE_VERSION: { remedy: 'Look at it again with /migrate status, and repeat it if you still want it.' },
  IDEMPOTENCY_KEY_REUSED: {
    message: 'This was done already, or something else was done in its place.',
    remedy: 'Look at how it is now with /migrate status.',
  },
  NOT_FOUND: { remedy: '/migrate list all shows what there is.' },
  WARNINGS_NOT_ACCEPTED: {
    remedy:
      'Read the warnings and mend what they name; or accept them: Start asks whether you do, and Schedule… has a box for it.',
  },
  WRITES_NOT_STOPPED: { remedy: 'Stop the writes to the source, then complete it and say so where it asks.' },
  PLAN_MISSING: {
    message: 'There is no such plan of the cutover any more.',
    remedy: '/migrate cutover plans it, and /migrate complete shows the plan that there is.',
  },
  PLAN_EXPIRED: {
    remedy: 'Plan it again with /migrate cutover; if it needs that, let the plan hold for longer.',
  },
  PLAN_VOID: { remedy: 'Plan it again with /migrate cutover, and have that plan approved.' },
  PLAN_REJECTED: { remedy: 'Settle what the reason says, then plan it again with /migrate cutover.' },
  PLAN_DECIDED: {
    remedy: 'There is nothing left to decide; /migrate complete shows how the plan stands.',
  },
  PAUSE_TOO_LONG: {
    remedy:
      'Plan it again with /migrate cutover: with a longer pause, without the comparison, or when there is less to apply.',
  },
  UNAUTHENTICATED: { message: 'Godwit does not accept its own bot.', remedy: 'Tell whoever runs Godwit.' },
  TOKEN_EXPIRED: {
    message: 'Godwit does not accept its own bot any more.',
    remedy: 'Tell whoever runs Godwit.',
  },
  RATE_LIMITED: { remedy: 'Wait a moment, and try again.' },
}

export interface Refusal {
  /** Of the API; absent where the bot itself refuses. */
  readonly code?: string
  readonly message: string
  readonly remedy?: string
}

/** With what people in Slack can do about it. */
export function forPeople({ code, message, remedy }: Refusal): Refusal {
  const words = code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined
  return { ...(code !== undefined && { code }), message, ...(remedy !== undefined && { remedy }), ...words }
}
